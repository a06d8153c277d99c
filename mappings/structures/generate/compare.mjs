// Holds the sources against each other and each version against the one before it, and prints what disagrees, for a
// person to look up in the standard. Reads the packages and the generated files; writes nothing.
import fs from 'node:fs';
import path from 'node:path';
import {dictionary, newestTypes, terminologyTables, usage, versions} from './sources.mjs';

const file = (version) => JSON.parse(fs.readFileSync(path.join(import.meta.dirname, '..', `${version}.json`), 'utf8'));
const files = new Map(versions.map((version) => [version, file(version)]));
const title = (text) => console.log(`\n## ${text}`);

title('Segments: number of fields and required fields, hl7-dictionary / node-hl7-client');
for (const [version, {segments}] of dictionaryVersions()) {
    const differ = [];
    for (const [id, {fields}] of Object.entries(segments)) {
        const others = (usage[id]?.fields ?? []).filter((row) => row.usage?.[version]);
        if (others.length && others.length !== fields.length) differ.push(`${id} ${fields.length}/${others.length} fields`);
        fields.forEach((field, i) => {
            const other = others.find((row) => row.num === i + 1)?.usage[version];
            if (other && (field.opt === 2) !== (other === 'R')) differ.push(`${id}-${i + 1} ${field.opt === 2 ? 'R' : '-'}/${other}`);
        });
    }
    console.log(`${version}: ${differ.length} differ: ${differ.join(', ')}`);
}
function dictionaryVersions() {
    return Object.entries(dictionary.definitions);
}

title('Data types: number of components, generated 2.8 / node-hl7-client');
console.log(Object.entries(files.get('2.8').types)
    .filter(([id, type]) => newestTypes[id] && newestTypes[id].length !== type.components.length)
    .map(([id, type]) => `${id} ${type.components.length}/${newestTypes[id].length}`).join(', '));

title('Tables: values of hl7-dictionary that HL7 Terminology has not');
const published = new Map(terminologyTables().map((table) => [Number(table.id.slice(3)), new Set((table.concept ?? []).map((row) => row.code))]));
for (const [number, table] of Object.entries(dictionary.tables)) {
    const missing = Object.keys(table.values ?? {}).filter((code) => published.has(Number(number)) && !published.get(Number(number)).has(code.trim()));
    if (missing.length) console.log(`${number} ${table.desc}: ${missing.join(' ')}`);
}

title('Structures: places whose cardinality is another than in the version before');
const places = (text) => {
    const out = new Map();
    for (const [, open, id] of text.matchAll(/([[{(]*)<?([A-Z][A-Z0-9_]*)/g)) out.set(id, out.has(id) ? 'several' : open.replace('(', ''));
    return out;
};
versions.slice(1).forEach((version, i) => {
    for (const [id, {structure}] of Object.entries(files.get(version).structures)) {
        const before = files.get(versions[i]).structures[id];
        if (!before) continue;
        const earlier = places(before.structure);
        const differ = [...places(structure)].filter(([place, open]) => earlier.has(place) && earlier.get(place) !== open);
        if (differ.length) console.log(`${version} ${id}: ${differ.map(([place, open]) => `${earlier.get(place)}${place} → ${open}${place}`).join(', ')}`);
    }
});

title('Structures: segments that the version does not define');
for (const [version, {structures, segments}] of files)
    for (const [id, {structure}] of Object.entries(structures)) {
        const ids = [...structure.matchAll(/\b[A-Z][A-Z0-9]{2}\b(?!_|:)/g)].map(([word]) => word).filter((word) => !segments[word]);
        if (ids.length) console.log(`${version} ${id}: ${ids.join(' ')}`);
    }
