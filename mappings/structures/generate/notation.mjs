// A message structure as the chapters of HL7 write it: [X] may be left out, {X} repeats, <A|B> one of these, and a group
// begins with its name and a colon; a group that is there exactly once stands in parentheses.
//   MSH [{NTE}] [PATIENT: PID [PD1]] {ORDER: ORC [ORDER_DETAIL: <OBR|RQD> [{NTE}]]}
// A node: {id, min, max (0: any number), children? (a group), choice? (segment ids)}.

export const write = (nodes) => nodes.map(writeNode).join(' ');

function writeNode(node) {
    if (node.max !== 0 && node.max !== 1) throw new Error(`${node.id}: at most ${node.max} has no notation`);
    let text = node.choice ? `<${node.choice.join('|')}>` : node.id;
    if (node.children) text = `${node.id}: ${write(node.children)}`;
    if (node.max === 0) text = `{${text}}`;
    if (node.min === 0) text = `[${text}]`;
    return node.children && node.min === 1 && node.max === 1 ? `(${text})` : text;
}

export function* walk(nodes) {
    for (const node of nodes) {
        yield node;
        if (node.children) yield* walk(node.children);
    }
}
