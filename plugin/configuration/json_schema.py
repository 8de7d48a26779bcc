"""The JSON Schema of the file, made from the same fields and registries that check it.

An editor knows less than Deskladder (no references, no expressions, no included files), so the
schema must never refuse what Deskladder takes; it refuses as much of the rest as it can.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, validate
from marshmallow import fields as marshmallow_fields
from marshmallow.fields import Field

from plugin import actions, conditions
from plugin.configuration.ladder_schema import ExhaustedSchema, LevelSchema, Row, Who
from plugin.configuration.schema import FileSchema, Helpdesk, RuleSchema
from plugin.configuration.sections import ByName, ListOf, Section
from plugin.configuration.sla_schema import SlaSchema

Fragment = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TITLE = "Deskladder configuration"
_ONE_RESPONSIBLE: Fragment = {
    "oneOf": [{"required": [key]} for key in ("team", "lead", "person")],
    "dependentRequired": {"skill": ["team"]},
}


def file_schema() -> Fragment:
    """The whole schema."""
    whole = _mapping(FileSchema())
    whole["properties"]["include"] = {
        "description": "other files with the same keys; paths relative to this one",
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
    }
    # A file that includes others, or is included, need not have everything itself.
    del whole["required"]
    return {
        "$schema": DIALECT,
        "title": _TITLE,
        **whole,
        "$defs": {"when": _when(), "do": _do()},
    }


def fragment(kind: Field[Any]) -> Fragment:
    """What one field allows, with the sentence that describes it."""
    schema = _fragment(kind)
    what = kind.metadata.get("description") or getattr(kind, "what", None)
    if what and what not in {"a value", "a mapping"} and "description" not in schema:
        schema = {"description": what, **schema}
    return schema


def _fragment(kind: Field[Any]) -> Fragment:
    if isinstance(kind, Helpdesk):
        return {"oneOf": [_helpdesk(word, section) for word, section in kind.kinds.items()]}
    if isinstance(kind, Row):
        return _row(kind)
    if isinstance(kind, Who):
        return {**_mapping(kind.schema), **_ONE_RESPONSIBLE}
    if isinstance(kind, Section):
        return _mapping(kind.schema)
    if isinstance(kind, ByName):
        return _by_name(kind)
    if isinstance(kind, ListOf):
        listed: Fragment = {"type": "array", "items": fragment(kind.inner), "minItems": kind.least}
        return {**listed, "uniqueItems": True} if kind.unique else listed
    describe = getattr(kind, "json_schema", None)
    if describe is not None:
        described: Fragment = describe()
        return described
    return _plain(kind)


def _helpdesk(word: str, section: Section) -> Fragment:
    schema = _mapping(section.schema)
    schema["properties"]["type"] = {"const": word}
    return schema


def _mapping(schema: Schema) -> Fragment:
    properties: Fragment = {}
    required = []
    for name, kind in schema.fields.items():
        key = kind.data_key or name
        properties[key] = fragment(kind)
        if kind.required:
            required.append(key)
    if isinstance(schema, RuleSchema | SlaSchema | LevelSchema | ExhaustedSchema):
        properties |= {
            key: {"$ref": f"#/$defs/{key}"} for key in ("when", "do") if key in properties
        }
    mapping: Fragment = {
        "type": "object",
        "description": (type(schema).__doc__ or "").strip(),
        "properties": properties,
        "additionalProperties": False,
    }
    return {**mapping, "required": required} if required else mapping


def _row(kind: Row) -> Fragment:
    """A row of the matrix: conditions beside its own keys."""
    own, when = _mapping(kind.schema), _when()
    return {
        **own,
        "properties": {**when["properties"], **own["properties"]},
        "patternProperties": when["patternProperties"],
    }


def _by_name(kind: ByName) -> Fragment:
    mapping: Fragment = {
        "type": "object",
        "additionalProperties": fragment(kind.inner),
        "minProperties": kind.least,
    }
    if kind.names is not None:
        names = _fragment(kind.names)
        mapping["propertyNames"] = names.get("anyOf", [names])[0]
    return mapping


def _when() -> Fragment:
    """A condition: the words of the registry, and the three that combine."""
    properties: Fragment = {}
    patterns: Fragment = {}
    for key, module in sorted(conditions.registry().items()):
        described = {"description": _sentence(module.__doc__), **fragment(module.OPERAND)}
        if key.endswith(".*"):
            patterns[f"^{key[:-2]}\\..+"] = described
        else:
            properties[key] = described
    several = {"type": "array", "items": {"$ref": "#/$defs/when"}, "minItems": 1}
    words = {"all": "every one holds", "any": "at least one holds", "none": "not one holds"}
    for word, meaning in words.items():
        properties[word] = {"description": meaning, **several}
    return {
        "type": "object",
        "properties": properties,
        "patternProperties": patterns,
        "additionalProperties": False,
        "minProperties": 1,
    }


def _do() -> Fragment:
    """A list of actions, one word each."""
    words = {
        name: {"description": _sentence(module.__doc__), **fragment(module.PARAMS)}
        for name, module in sorted(actions.registry().items())
    }
    entry = {
        "type": "object",
        "properties": words,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    return {"type": "array", "items": entry, "minItems": 1}


def _sentence(docstring: str | None) -> str:
    first = (docstring or "").strip().partition("\n\n")[0]
    return " ".join(first.split())


_TYPES: Mapping[type[Field[Any]], Fragment] = {
    marshmallow_fields.String: {"type": ["string", "number"]},
    marshmallow_fields.Integer: {"type": "integer"},
    marshmallow_fields.Number: {"type": "number"},
    marshmallow_fields.Boolean: {"type": "boolean"},
    marshmallow_fields.Mapping: {"type": "object"},
}


def _plain(kind: Field[Any]) -> Fragment:
    """A marshmallow field that does not describe itself."""
    if isinstance(kind, marshmallow_fields.Nested):
        return _mapping(kind.schema)
    if isinstance(kind, marshmallow_fields.List):
        return {"type": "array", "items": fragment(kind.inner)}
    for known, schema in _TYPES.items():
        if isinstance(kind, known):
            return {**schema, **_limits(kind)}
    return {}


def _limits(kind: Field[Any]) -> Fragment:
    limits: Fragment = {}
    for validator in kind.validators:
        if isinstance(validator, validate.OneOf):
            limits["enum"] = list(validator.choices)
        elif isinstance(validator, validate.Length) and validator.min is not None:
            limits["minLength"] = validator.min
    return limits
