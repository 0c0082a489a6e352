//! Which of GraphQL's two media types an answer gets.

use axum::http::{HeaderMap, header};

/// The media type of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaType {
    /// Its status says whether the request was executed.
    GraphqlResponse,
    /// Its status is 200 for every well-formed request, as older clients expect.
    Json,
}

impl MediaType {
    /// The value of the content type.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    fn subtype(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "graphql-response+json",
            Self::Json => "json",
        }
    }

    /// The type that `headers` like best, or nothing where they like neither. Who does not care gets JSON; who
    /// names both alike gets the newer one.
    pub(super) fn negotiate(headers: &HeaderMap) -> Option<Self> {
        let mut ranges = Vec::new();
        for value in headers.get_all(header::ACCEPT) {
            ranges.extend(value.to_str().ok()?.split(',').filter_map(Range::parse));
        }
        if !headers.contains_key(header::ACCEPT) {
            return Some(Self::Json);
        }
        let wish = |media_type: Self| {
            ranges
                .iter()
                .filter_map(|range| Some((range.precision(media_type)?, range.quality)))
                .max_by_key(|(precision, _)| *precision)
                .filter(|(_, quality)| *quality > 0)
                // A type that is named goes before one that is merely covered.
                .map(|(precision, quality)| (quality, precision))
        };
        match (wish(Self::GraphqlResponse), wish(Self::Json)) {
            (None, None) => None,
            (Some(_), None) => Some(Self::GraphqlResponse),
            (None, Some(_)) => Some(Self::Json),
            (Some(new), Some(old)) => {
                let is_named = new.1 == NAMED;
                let new_first = new > old || (new == old && is_named);
                Some(if new_first {
                    Self::GraphqlResponse
                } else {
                    Self::Json
                })
            }
        }
    }
}

const NAMED: u8 = 2;

/// One part of the header, such as `application/*;q=0.8`.
struct Range<'a> {
    of: &'a str,
    subtype: &'a str,
    /// In thousandths.
    quality: u16,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (of, subtype) = parts.next()?.split_once('/')?;
        let quality = parts
            .find_map(|parameter| {
                let (name, value) = parameter.split_once('=')?;
                name.trim()
                    .eq_ignore_ascii_case("q")
                    .then(|| thousandths(value.trim()))
            })
            .unwrap_or(1_000);
        Some(Self {
            of,
            subtype,
            quality,
        })
    }

    /// How exactly it means `media_type`, or nothing where it does not.
    fn precision(&self, media_type: MediaType) -> Option<u8> {
        if self.of == "*" && self.subtype == "*" {
            Some(0)
        } else if !self.of.eq_ignore_ascii_case("application") {
            None
        } else if self.subtype == "*" {
            Some(1)
        } else {
            self.subtype
                .eq_ignore_ascii_case(media_type.subtype())
                .then_some(NAMED)
        }
    }
}

/// A quality from 0 to 1; what cannot be read counts as not wanted.
fn thousandths(text: &str) -> u16 {
    let quality: f32 = text.parse().unwrap_or(0.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between 0 and 1000"
    )]
    let thousandths = (quality.clamp(0.0, 1.0) * 1_000.0) as u16;
    thousandths
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn negotiated(accept: &str) -> Option<MediaType> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
        MediaType::negotiate(&headers)
    }

    #[test]
    fn takes_what_is_liked_best() {
        use MediaType::{GraphqlResponse, Json};
        for (accept, expected) in [
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            ("application/json", Some(Json)),
            ("APPLICATION/JSON; charset=utf-8", Some(Json)),
            ("application/json, multipart/mixed", Some(Json)),
            ("application/graphql-response+json", Some(GraphqlResponse)),
            (
                "application/graphql-response+json, application/json",
                Some(GraphqlResponse),
            ),
            (
                "application/json, application/graphql-response+json",
                Some(GraphqlResponse),
            ),
            (
                "application/graphql-response+json, application/json;q=0.9",
                Some(GraphqlResponse),
            ),
            (
                "application/graphql-response+json;q=0.5, application/json;q=0.9",
                Some(Json),
            ),
            (
                "application/graphql-response+json, */*",
                Some(GraphqlResponse),
            ),
            ("application/json;q=0, */*", Some(GraphqlResponse)),
            ("application/json;q=0", None),
            ("text/html, */*;q=0.1", Some(Json)),
            ("text/html", None),
            ("", None),
            ("nonsense;;;q", None),
            ("application/json;q=nonsense", None),
            ("application/json;q=NaN", None),
        ] {
            assert_eq!(negotiated(accept), expected, "{accept}");
        }
        assert_eq!(MediaType::negotiate(&HeaderMap::new()), Some(Json));
    }
}
