"""What Schemathesis holds answers against, and what it makes documents of.

Its own check for servers that fail takes every error for one. Here errors are how a request that is wrong is answered, so the
check below takes the place of that one: an error has a code that docs/errors.md explains, and it is not our fault.
"""

import json
import os
import pathlib
import re
import urllib.request

import graphql
import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

ROOT = pathlib.Path(__file__).parents[3]
SCHEMA = graphql.build_schema((ROOT / "schema.graphql").read_text())
CODES = set(re.findall(r"^## `(\w+)`", (ROOT / "docs/errors.md").read_text(), re.MULTILINE))
# What no client may ever see of the inside.
INTERNAL = re.compile(r"sqlx|sea_orm|sqlite|postgres|select .+ from|panicked|\.rs:\d", re.IGNORECASE)


@schemathesis.check
def answers_as_promised(ctx, response, case):
    """Any document gets an answer of the form that the specification and docs/errors.md promise."""
    assert response.status_code < 500, f"status {response.status_code}: {response.text}"
    answer = response.json()
    errors = answer.get("errors", [])
    assert "data" in answer or errors, f"neither data nor errors: {response.text}"
    assert not INTERNAL.search(json.dumps(errors)), f"tells of the inside: {response.text}"
    for error in errors:
        code = error["extensions"]["code"]
        assert code in CODES, f"docs/errors.md does not explain {code}"
        assert code != "INTERNAL_ERROR", f"our fault: {response.text}"
        assert error["extensions"]["requestId"], "an error without the id of its request"
    if answer.get("data") is not None:
        assert_is_of_the_schema(case.body, answer["data"])


def assert_is_of_the_schema(document, data):
    """`data` has the fields that `document` selects, of the types that the schema gives them."""
    operation = graphql.parse(document).definitions[0]
    root = SCHEMA.query_type if operation.operation.value == "query" else SCHEMA.mutation_type
    assert_object(root, operation.selection_set, data, [])


def assert_object(kind, selections, data, path):
    if graphql.is_abstract_type(kind):
        # What a document of Schemathesis selects there depends on the type, which it does not ask for.
        return
    for field in selections.selections:
        if isinstance(field, graphql.InlineFragmentNode):
            assert_object(kind, field.selection_set, data, path)
            continue
        key = (field.alias or field.name).value
        assert key in data, f"{[*path, key]} is missing"
        if field.name.value != "__typename":
            assert_value(kind.fields[field.name.value].type, field.selection_set, data[key], [*path, key])


def assert_value(kind, selections, value, path):
    if graphql.is_non_null_type(kind):
        assert value is not None, f"{path} is null"
        kind = kind.of_type
    if value is None:
        return
    if graphql.is_list_type(kind):
        assert isinstance(value, list), f"{path} is no list"
        for index, item in enumerate(value):
            assert_value(kind.of_type, selections, item, [*path, index])
    elif graphql.is_leaf_type(kind):
        # Raises where the value is none of the type's.
        kind.parse_value(value)
    else:
        assert_object(kind, selections, value, path)


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """Pages that are asked for in both directions at once are refused at once: most documents ask for them in one."""
    if isinstance(case.body, str) and len(case.body) % 4 != 0:
        case.body = graphql.print_ast(graphql.visit(graphql.parse(case.body), OneDirection()))


class OneDirection(graphql.Visitor):
    """Leaves of the arguments of every list the page size alone."""

    def enter_field(self, node, *_):
        names = {argument.name.value for argument in node.arguments or ()}
        if "first" in names or "last" in names:
            other = "last" if "first" in names else "first"
            left_out = {other, "after", "before"}
            kept = [argument for argument in node.arguments if argument.name.value not in left_out]
            return graphql.FieldNode(
                alias=node.alias,
                name=node.name,
                arguments=tuple(kept),
                directives=node.directives,
                selection_set=node.selection_set,
            )
        return None


def real_ids():
    """Ids that exist: without them all that takes one would say that there is no such thing."""
    url = os.environ["TRADEWIND_URL"].rstrip("/") + "/graphql"
    query = """{
        products(first: 3) { nodes { id seller { id } category { id } variants(first: 2) { nodes { id } } reviews(first: 1) { nodes { id } } } }
    }"""
    request = urllib.request.Request(url, json.dumps({"query": query}).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        text = answer.read().decode()
    return sorted(set(re.findall(r'"id":"([^"]+)"', text)))


IDS = real_ids()
assert IDS, "the server has no demo data"
# Well-formed, and nothing's.
IDS.append("product_01h455vb4pex5vsknk084sn02q")

for scalar, good in {
    "ID": st.sampled_from(IDS),
    "CurrencyCode": st.sampled_from(["USD", "EUR", "JPY"]),
    "DateTime": st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
    "Decimal": st.decimals(min_value=0, max_value=10_000, places=2).map(str),
    "JSON": st.text(max_size=30),
}.items():
    # Twice as often something good as something that may be none.
    values = st.one_of(good, good, st.text(max_size=30))
    schemathesis.graphql.scalar(scalar, values.map(nodes.String))
# Most of all integers are page sizes and counts.
schemathesis.graphql.scalar("Int", st.one_of(st.integers(1, 20), st.integers(1, 20), st.integers(-(2**31), 2**31 - 1)).map(nodes.Int))
