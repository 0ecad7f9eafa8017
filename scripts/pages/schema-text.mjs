const range = ({ minimum, maximum }) => {
  if (minimum === undefined && maximum === undefined) return '';
  const top = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? 'up' : `to ${maximum}`;
  return ` from ${minimum} ${top}`;
};

const describeString = ({ pattern, minLength, maxLength }) => {
  if (pattern !== undefined) return `text \`${pattern}\``;
  const least = minLength === undefined ? '' : ', not empty';
  return maxLength === undefined ? `text${least}` : `text of at most ${maxLength} characters${least}`;
};

const describeArray = ({ items, maxItems }) => {
  if (Array.isArray(items)) return `[${items.map(describeSchema).join(', ')}]`;
  const most = maxItems === undefined ? '' : ` of at most ${maxItems}`;
  return `list${most}: ${describeSchema(items)}`;
};

const describeObject = ({ properties, required = [] }) => {
  const names = Object.entries(properties ?? {}).map(
    ([name, schema]) => `${name}${required.includes(name) ? '' : '?'}: ${describeSchema(schema)}`,
  );
  return names.length === 0 ? 'object' : `{${names.join('; ')}}`;
};

/** A JSON schema in a few words, for one cell of a table. */
export const describeSchema = (schema) => {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(describeSchema).join(' or ');
  switch (schema.type) {
    case 'string':
      return describeString(schema);
    case 'integer':
      return `whole number${range(schema)}`;
    case 'number':
      return `number${range(schema)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return describeArray(schema);
    case 'object':
      return describeObject(schema);
    case 'null':
      return 'null';
    default:
      return 'any value';
  }
};
