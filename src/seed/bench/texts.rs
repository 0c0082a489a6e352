//! What the bench shop's sellers write of their goods, and buyers of what they bought.

use super::{random::Random, words::Words};

/// A description of 200 to 600 characters.
pub(super) fn description(
    words: &Words,
    random: &mut Random,
    name: &str,
    material: &str,
) -> String {
    const LONGEST: usize = 600;
    let (name, material) = (name.to_lowercase(), material.to_lowercase());
    let fill = |template: &str| {
        template
            .replace("{name}", &name)
            .replace("{material}", &material)
    };
    let mut text = format!("<p>{}", fill(random.pick(&words.openings)));
    let enough = 200 + random.index(350);
    let mut order: Vec<usize> = (0..words.sentences.len()).collect();
    random.shuffle(&mut order);
    for sentence in order {
        if text.len() >= enough {
            break;
        }
        let sentence = fill(words.sentences[sentence]);
        if text.len() + " ".len() + sentence.len() + "</p>".len() <= LONGEST {
            text.push(' ');
            text.push_str(&sentence);
        }
    }
    text + "</p>"
}

/// The title and the body of a review that gives `rating` stars.
pub(super) fn review(words: &Words, random: &mut Random, rating: i16) -> (String, String) {
    let opinion = match rating {
        4.. => &words.good,
        3 => &words.middling,
        _ => &words.bad,
    };
    let title = random.pick(&opinion.titles).to_owned();
    let mut body = random.pick(&opinion.verdicts).to_owned();
    for (more, percent) in [(&words.stories, 90), (&words.remarks, 75)] {
        if random.chance(percent) {
            body.push(' ');
            body.push_str(random.pick(more));
        }
    }
    (title, body)
}

/// The first three letters of a noun in capitals, for its SKU.
pub(super) fn code(noun: &str) -> String {
    noun.chars()
        .filter(char::is_ascii_alphabetic)
        .take(3)
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_have_200_to_600_characters() {
        let words = Words::read();
        let mut random = Random::new(1);
        for _ in 0..2_000 {
            let text = description(
                &words,
                &mut random,
                "Weathered Cotton Rag Sketchbook",
                "Cotton Rag",
            );
            assert!((200..=600).contains(&text.chars().count()), "{text}");
            assert!(!text.contains('{'), "{text}");
        }
    }
}
