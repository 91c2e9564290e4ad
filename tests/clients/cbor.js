// Reads the CBOR of an answer: arrays and maps of open length, texts, small numbers, true, false and null.

export function decode(octets) {
  let at = 0;
  const number = (low) => {
    if (low < 24) return low;
    const size = 2 ** (low - 24);
    at += size;
    return octets.readUIntBE(at - size, size);
  };
  const until = (read) => {
    const all = [];
    while (octets[at] !== 0xff) all.push(read());
    at += 1;
    return all;
  };
  const value = () => {
    const head = octets[at++];
    const [major, low] = [head >> 5, head & 0x1f];
    if (major === 0) return number(low);
    if (head === 0x7f) return until(value).join("");
    if (major === 3) {
      const size = number(low);
      at += size;
      return octets.toString("utf8", at - size, at);
    }
    if (head === 0x9f) return until(value);
    if (head === 0xbf) return Object.fromEntries(until(() => [value(), value()]));
    const simple = { 0xf4: false, 0xf5: true, 0xf6: null };
    if (head in simple) return simple[head];
    throw new Error(`octet ${at - 1} is ${head.toString(16)}`);
  };
  const decoded = value();
  if (at !== octets.length) throw new Error(`${octets.length - at} octets are left`);
  return decoded;
}
