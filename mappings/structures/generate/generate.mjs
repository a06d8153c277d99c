// Writes ../<version>.json and ../tables.json. What it takes from where is told in ../README.md.
import fs from 'node:fs';
import path from 'node:path';
import * as corrections from './corrections.mjs';
import {write, walk} from './notation.mjs';
import {dictionary, tabled, tableIndex, terminologyTables, usage, valueSets, versions} from './sources.mjs';

const target = path.join(import.meta.dirname, '..');
const tidy = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
const typeName = (type) => corrections.typeNames[type] ?? type;
const usageOf = {1: 'O', 2: 'R', 3: 'C', 4: 'B', O: 'O', R: 'R', D: 'C', B: 'B', W: 'W', X: 'X'};
const base = (version) => (version === '2.8' ? '2.7.1' : version);  // the newest that the dictionary has

// --- segments

function fieldUsage(version, place, said, other) {
    const corrected = corrections.usage[version]?.[place];
    if (corrected) return corrected;
    const [first, second] = [usageOf[said], usageOf[other]];
    if (!second || first === second) return first;
    return first === 'R' || second === 'R' ? (second === 'R' ? 'O' : second) : second;
}

function knownFields(version, id) {
    const tables = tabled[base(version)].segments[id]?.fields ?? {};
    const usages = usage[id]?.fields ?? [];
    const last = corrections.lastField[version]?.[id] ?? Infinity;
    return (dictionary.definitions[base(version)].segments[id]?.fields ?? []).slice(0, last).map((field, i) => {
        const beside = tables[i + 1]?.type === field.datatype ? tables[i + 1].table : 0;
        const other = usages.find((row) => row.num === i + 1)?.usage?.[version];
        return [tidy(field.desc), typeName(field.datatype), fieldUsage(version, `${id}-${i + 1}`, field.opt, other), field.rep,
            corrections.lengths[`${id}-${i + 1}`] ?? field.len ?? 0, field.table ?? beside ?? 0];
    });
}

function fieldOfUsage(version, id, row) {
    const repeats = corrections.repeating28.has(`${id}-${row.num}`) ? 0 : 1;
    return [tidy(row.name), typeName(row.hl7Type), usageOf[row.usage[version]], repeats, row.length?.max ?? 0,
        row.table && row.table !== 9999 ? row.table : 0];
}

function fieldsOf(version, id) {
    const fields = knownFields(version, id);
    const last = corrections.lastField[version]?.[id] ?? Infinity;
    for (const row of usage[id]?.fields ?? [])
        if (row.num === fields.length + 1 && row.num <= last && row.usage?.[version])
            fields.push(fieldOfUsage(version, id, row));
    return fields;
}

// "Message header segment" is the "Message Header" of the newest version.
function segmentName(id, name) {
    const short = tidy(name).replace(/ segment( segment)?$/i, '');
    const newest = tidy(dictionary.definitions['2.7.1'].segments[id]?.desc);
    return newest.toLowerCase() === short.toLowerCase() ? newest : short;
}

function segmentsOf(version) {
    const known = dictionary.definitions[base(version)].segments;
    const ids = new Set([...Object.keys(known), ...Object.keys(usage).filter((id) => usage[id].fields?.[0]?.usage?.[version])]);
    const out = {};
    const real = (id) => !corrections.notSegments.has(id) && !corrections.notSegments.has(`${version} ${id}`);
    for (const id of [...ids].filter(real).sort())
        out[id] = {name: segmentName(id, known[id]?.desc ?? usage[id].description), fields: fieldsOf(version, id)};
    return out;
}

// --- data types

function typesOf(version) {
    const known = dictionary.definitions[base(version)].fields;
    const out = {};
    for (const id of Object.keys(known).filter((name) => name !== 'VARIES').sort())
        out[id] = {
            name: tidy(known[id].desc),
            components: (known[id].subfields ?? []).map((part) =>
                [tidy(part.desc), typeName(part.datatype), usageOf[part.opt] ?? 'O', part.len ?? 0, part.table ?? 0]),
        };
    return out;
}

// --- message structures

function nodeOf(row) {
    const node = {id: row.name, min: row.min, max: row.max};
    if (row.children) {
        const name = row.name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
        node.id = corrections.groupNames[name] ?? name;
        node.children = row.children.map(nodeOf);
    }
    if (row.compounds) {
        // The dictionary's cardinality of a choice is no cardinality: each is one of its segments, once.
        const ids = row.compounds.map((part) => part.name);
        node.choice = ids.some((id) => !id) ? corrections.lostChoices[ids.length] : ids;
        node.min = node.max = 1;
    }
    return node;
}
const treeOf = (version, id) => dictionary.definitions[version].messages[id]?.segments.segments.map(nodeOf);

function structureOf(version, id) {
    const corrected = corrections.structures[version]?.[id];
    if (corrected) return corrected;
    const tree = treeOf(base(version), corrections.publishedAs[version]?.[id] ?? id);
    if (corrections.lostCardinality[version]?.includes(id)) corrections.restoreCardinality(tree, treeOf('2.5.1', id));
    if (version === '2.8') corrections.addParticipation(id, tree);
    return (corrections.heads[version]?.[id] ?? '') + write(tree);
}

// Table 0354 as "TYPE^EVENT" → structure; an earlier source wins over a later one.
function structureTable() {
    const out = new Map();
    const add = (id, events) => {
        const type = id.slice(0, 3);
        for (const [event] of events.matchAll(/\b[A-Z][A-Z0-9]{2}\b/g)) if (!out.has(`${type}^${event}`)) out.set(`${type}^${event}`, id);
    };
    for (const [id, events] of Object.entries(dictionary.tables['354'].values)) add(id, events);
    const newer = terminologyTables().find((table) => table.id === 'v2-0354').concept;
    for (const row of newer) add(row.code, row.display ?? '');
    return out;
}
const table0354 = structureTable();

// From 2.4 on table 0354 says which structure an event has; the dictionary keeps copies under each event, often of an
// older version. Before, each event is its own.
// Some names are placeholders ("Ori message", "Description"); another version says it in words.
function messageName(version, id) {
    const names = [version, '2.7.1', '2.5.1', '2.6'].map((one) => tidy(dictionary.definitions[base(one)].messages[id]?.desc));
    const placeholder = (name) => ['', 'DESCRIPTION', `${id.slice(0, 3)} MESSAGE`].includes(name.toUpperCase());
    return names.find((name) => !placeholder(name)) ?? id;
}

function structureName(version, id) {
    if (version < '2.4' || corrections.ownStructure.has(`${version} ${id}`)) return id;
    return table0354.get(id.replace('_', '^')) ?? id;
}

function messagesOf(version) {
    const rows = dictionary.definitions[base(version)].messages;
    const out = {structures: {}, events: {}};
    const keep = (id, from) => {
        out.structures[id] ??= {name: messageName(version, from), structure: structureOf(version, from)};
        return id;
    };
    const misspelled = Object.values(corrections.publishedAs[version] ?? {});
    for (const id of Object.keys(rows).sort()) {
        if (corrections.unusable.has(`${version} ${id}`) || misspelled.includes(id)) continue;
        const [type, event] = id.split('_');
        if (!event) {
            keep(id, id);
            continue;
        }
        const structure = structureName(version, id);
        out.events[`${type}^${event}`] = keep(structure, rows[structure] ? structure : id);
    }
    if (version >= '2.4') addEvents(out);
    return out;
}

// The events that only table 0354 names.
function addEvents(out) {
    for (const [key, id] of table0354) if (out.structures[id] && !out.events[key]) out.events[key] = id;
}

// --- tables

const hl7Defines = new Set(['HL7', 'HL7-EXT']);

function tables() {
    const out = {};
    const slot = (number, name) => (out[String(number).padStart(4, '0')] ??= {name: tidy(name), by: 'user', values: {}});
    for (const row of tableIndex()) {
        const type = row.property?.find((property) => property.code === 'v2-table-type');
        slot(row.code, row.display).by = hl7Defines.has(type?.valueCode) ? 'HL7' : 'user';
    }
    const put = (table, code, meaning) => (table.values[code] ??= short(meaning));
    for (const table of terminologyTables())
        for (const row of table.concept ?? []) put(slot(table.id.slice(3), table.title), row.code, row.display ?? row.definition);
    for (const set of valueSets())
        for (const [code, meaning] of borrowed(set)) put(slot(set.id.slice(3), set.title), code, meaning);
    for (const [number, table] of Object.entries(dictionary.tables))
        for (const [code, meaning] of Object.entries(table.values ?? {})) put(slot(number, table.desc), tidy(code), meaning);
    delete out['0354'];
    return out;
}
function borrowed(set) {
    const own = (include) => !include.system?.endsWith(`/${set.id}`);
    return (set.compose?.include ?? []).filter(own).flatMap((include) => {
        const system = terminologyTables().find((table) => table.url === include.system);
        const wanted = include.concept && new Set(include.concept.map((row) => row.code));
        return (system?.concept ?? []).filter((row) => !wanted || wanted.has(row.code)).map((row) => [row.code, row.display ?? row.definition]);
    });
}
function short(meaning) {
    const text = tidy(meaning);
    return text.length <= 100 ? text : `${text.slice(0, 97).replace(/\s+\S*$/, '')}…`;
}

// --- files

const line = (row) => `[${row.map((value) => JSON.stringify(value)).join(', ')}]`;
const rows = (list, indent) => (list.length ? `[\n${list.map((row) => `${indent}${line(row)}`).join(',\n')}]` : '[]');

function versionFile(version) {
    const {structures, events} = messagesOf(version);
    const member = (key, body) => ` ${JSON.stringify(key)}: ${body}`;
    const named = (key, name, list, rest) => member(key, `{"name": ${JSON.stringify(name)}, "${list}": ${rest}}`);
    return `{"version": "${version}",\n"segments": {\n${
        Object.entries(segmentsOf(version)).map(([id, row]) => named(id, row.name, 'fields', rows(row.fields, '  '))).join(',\n')
    }},\n"types": {\n${
        Object.entries(typesOf(version)).map(([id, row]) => named(id, row.name, 'components', rows(row.components, '  '))).join(',\n')
    }},\n"structures": {\n${
        Object.entries(structures).sort().map(([id, row]) => named(id, row.name, 'structure', JSON.stringify(row.structure))).join(',\n')
    }},\n"events": {\n${Object.entries(events).sort().map(([key, id]) => member(key, JSON.stringify(id))).join(',\n')}}}\n`;
}

function tablesFile() {
    const body = Object.entries(tables()).sort().filter(([, table]) => Object.keys(table.values).length > 0)
        .map(([number, table]) => ` "${number}": {"name": ${JSON.stringify(table.name)}, "by": "${table.by}", "values": {\n${
            Object.entries(table.values).map(([code, meaning]) => `  ${JSON.stringify(code)}: ${JSON.stringify(meaning)}`).join(',\n')}}}`);
    return `{\n${body.join(',\n')}}\n`;
}

for (const version of versions) fs.writeFileSync(path.join(target, `${version}.json`), versionFile(version));
fs.writeFileSync(path.join(target, 'tables.json'), tablesFile());
