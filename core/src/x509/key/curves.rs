//! The elliptic curves that have names, by what their parameters come to.

use sha2::{Digest as _, Sha256};

/// What explicit parameters come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recognised {
    /// They are those of a named curve.
    Named(&'static str),
    /// They are those of a named curve, except for the generator.
    OtherGenerator(&'static str),
    /// They are those of no curve that has a name here.
    Unknown,
}

/// Bits of the field of the curve of this name.
pub(super) fn size(name: &str) -> Option<u32> {
    let written_out = CURVES.iter().map(|(name, bits, ..)| (*name, *bits));
    let mut all = written_out.chain(SIZED.iter().copied());
    all.find(|(known, _)| *known == name).map(|(_, bits)| bits)
}

/// Finds the curve with these parameters, none with leading zero octets: the prime or the contents of
/// `Characteristic-two`, the coefficients, the order, the generator's first coordinate.
pub(super) fn recognise(field: &[u8], a: &[u8], b: &[u8], order: &[u8], x: &[u8]) -> Recognised {
    let body = digest(&[field, a, b, order]);
    let whole = digest(&[field, a, b, order, x]);
    match CURVES.iter().find(|(_, _, known, _)| *known == body) {
        Some((name, _, _, known)) if *known == whole => Recognised::Named(name),
        Some((name, ..)) => Recognised::OtherGenerator(name),
        None => Recognised::Unknown,
    }
}

/// The first sixteen octets of SHA-256 over the parts, each after its length in two octets.
fn digest(parts: &[&[u8]]) -> u128 {
    let mut digest = Sha256::new();
    for part in parts {
        let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
        digest.update(length.to_be_bytes());
        digest.update(part);
    }
    let digest: [u8; 32] = digest.finalize().into();
    let (start, _) = digest.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
    u128::from_be_bytes(*start)
}

/// Curves and parameter sets that are only ever given by name.
const SIZED: &[(&str, u32)] = &[
    ("FRP256v1", 256),
    ("bign-curve256v1", 256),
    ("bign-curve384v1", 384),
    ("bign-curve512v1", 512),
    ("DSTU 4145 M163", 163),
    ("DSTU 4145 M167", 167),
    ("DSTU 4145 M173", 173),
    ("DSTU 4145 M179", 179),
    ("DSTU 4145 M191", 191),
    ("DSTU 4145 M233", 233),
    ("DSTU 4145 M257", 257),
    ("DSTU 4145 M307", 307),
    ("DSTU 4145 M367", 367),
    ("DSTU 4145 M431", 431),
];

/// Name, bits of the field, [`digest`] without and with the generator. SEC 2 and its first version,
/// X9.62, WAP WTLS, RFC 5639, GB/T 32918.5.
#[rustfmt::skip]
#[expect(clippy::unreadable_literal, reason = "digests are not read by people")]
const CURVES: &[(&str, u32, u128, u128)] = &[
    ("secp112r1", 112, 0x88de78c5734b7ea3223be0dfe5d3c56e, 0x78c7d4b135f3a5b5afcb0bca2f971eb8),
    ("secp112r2", 112, 0x9401485072a767ab118f663089f9a9d9, 0x2a44b36498f54094b346024e691a7d88),
    ("secp128r1", 128, 0x2a0bd2b661f08d21e3826b94e0e70cf4, 0x68a454c362bc3c2db9b3a8557c73a94c),
    ("secp128r2", 128, 0xd35d852c8c8151a726ac93492bb4bf67, 0x5a308a4d3006b15928110adf11145678),
    ("secp160k1", 160, 0x3e82bda512214a54cc441ba2bde170d9, 0x8776511d4a2d9711a161cd922ff9db42),
    ("secp160r1", 160, 0x84cd2d953163b8bda16b6a8d2788ef65, 0x9346ac38407c34b2cc943da23c81384c),
    ("secp160r2", 160, 0xbd82bb238c426a2a73b5da80a80be00b, 0xfc6269cc3f73262205fd19cfb3912639),
    ("secp192k1", 192, 0xe38f58829ef11178b8e162be449b97ff, 0x2e39041e82fa7fda4bbf820eb0fb795c),
    ("secp224k1", 224, 0x2bc0d6e20ef79efc28db0f9c7d688591, 0x1a4b3d69ad4c064df4e08a741dbca8a1),
    ("P-224", 224, 0xe3071b79d23b622ce165bfb0a9e4dea9, 0xa8567894b4419d450c321565c2384884),
    ("secp256k1", 256, 0x3e23270981d8d432207f81441ad788ec, 0xde183f35d3df14d8b66e6a0f5901d784),
    ("P-384", 384, 0x0b4f0d1547ffb7bcc0fa6e55ead9dccd, 0xa30a45ce6e6349bf464cf385a8f7a283),
    ("P-521", 521, 0x063c064cc65e7cff669e3fd755f76cff, 0x67472d25f63ef8d665bb2b16265bf041),
    ("P-192", 192, 0xbdd97264fa1c30678d9658a2676adbc1, 0x59d91fd0ea0797b1a87ec7c66638de61),
    ("prime192v2", 192, 0xa811cb3505071134a859043269b41ae0, 0x754954e26033a850a9a64e96e6d5883e),
    ("prime192v3", 192, 0xee03533c45a68ac09a9ffd59f2bd31bf, 0xad73019eae092d0d7ca6ee36b1950d9f),
    ("prime239v1", 239, 0x07db9b9af7a9ddf53ee898baff746656, 0x9ad518fe39f58855fa5d18898e36c27a),
    ("prime239v2", 239, 0x9059bb85b70b46970e185a6fbc714892, 0x6282d48f00d55750e33119ddcfd6d7d8),
    ("prime239v3", 239, 0x54c65f0ddb8d8664119e446a30e5c370, 0x91e4e1378b369244b7b5eb579bdf5c07),
    ("P-256", 256, 0xd754a1a2107af5a08a3746230dd53aad, 0x413c3c87d7f938d62f6782b5da5cbcd4),
    ("sect113r1", 113, 0x7236892627143091a3404f49cd7d4e51, 0xf854ae6a568d8f8323e34263b89fac79),
    ("sect113r2", 113, 0x46bd3ddaed666fec735cbcf08435b899, 0x72eb8cc854577714c34cde2bc43587dd),
    ("sect131r1", 131, 0xb6f731f6408b239e021493632bb641bf, 0x5223a1b51525d85a0ded26a6199cd8f6),
    ("sect131r2", 131, 0xb04c08a5b3798e93c3c26541499dfddf, 0x45fc62bf4b709088d1565ace9b0c2446),
    ("sect163k1", 163, 0x3acc3f875b158dbacf5c59494c29b9d4, 0xb3c7ca7441467f9c90d400527ac0c673),
    ("sect163r1", 163, 0x7efa4bba6114c7f1f35af46cee8e7bfa, 0x42330012959921cd8b691cece8b8beca),
    ("sect163r2", 163, 0xfeacf9afe4a9eeb23594fd3956d5fd4d, 0x0ee216e8d38b8508e5a588c655189d63),
    ("sect193r1", 193, 0x4c808be81a09c8028f6da2d7b1e3aa84, 0x3501e7b59a96016485a1a38f418283b8),
    ("sect193r2", 193, 0x4817acdc7d2d65c5aa1eafd264b6931a, 0xdea278fbb4d4330e8449f9a7e3b861d6),
    ("sect233k1", 233, 0xd02af83dd87fa870f5a307cc67fa7fd9, 0x0fe7ab12d278c4c0cfdc3aa09df79d66),
    ("sect233r1", 233, 0x6c1b70d45a258248cbe9ec9082c5312d, 0x225d07d1c67b49cbbe208780f77405fe),
    ("sect239k1", 239, 0xb3c24f568cd80b9ed68e133154955626, 0x9454cbb256c95657295868a160ce6655),
    ("sect283k1", 283, 0xcb2d80f335b426448283c5fcacf5865a, 0x86d1cde4791031a145ccd1a3cc5d23f2),
    ("sect283r1", 283, 0x14c5e995e904425ee14f133d3bd789ad, 0x00bc4ffaae6ec88f5e87d113520aac33),
    ("sect409k1", 409, 0x9f47612dacc9b3df0eafaea73091c012, 0x2d4f601c325a26f6def8075be9387d1c),
    ("sect409r1", 409, 0x3f57bb4da5152a7b8c053783c5e73dd0, 0xd21312d08bd189d933e741d325fc6161),
    ("sect571k1", 571, 0x30e3e7420a29e7f7151a131aa7b2cadc, 0x4b69022967f2e307663c884401ad163c),
    ("sect571r1", 571, 0x27b5bf9d533abba83649bd57c20713a8, 0x72d3d2b62a32c90b8262d9445352b4c3),
    ("c2pnb163v1", 163, 0xd4828d3775ad890dc898fde2da92d15b, 0xcac91239446cf96819b84ea06719aec9),
    ("c2pnb163v2", 163, 0x701d3ae485f9b9f00b677322dd8464b4, 0x01b6f722f8a10df581a2289f503227c9),
    ("c2pnb163v3", 163, 0x057259759fb441d142ae00d8f9f3cb64, 0x411a560db902b723fd46d7c7d47edc7b),
    ("c2pnb176v1", 176, 0x51218cfcbe10af0b84f76c2c4184d175, 0x933d1d72458a50f932e6ebe530f1c8e4),
    ("c2tnb191v1", 191, 0x009a5ae4fc1192aad121d38fc57e0630, 0x4ae2c324c6c8c36ba0d2f74d3d33c103),
    ("c2tnb191v2", 191, 0x25daa8759e7647636220dc790f882f5f, 0xdc9a2a96d43b8e4acab29d399798ed1e),
    ("c2tnb191v3", 191, 0xcb85da4a77fef86a8bb6426d812899b3, 0x6356d54d9622f1e07fc5e4b17a4a6f17),
    ("c2pnb208w1", 208, 0xe9c7e777ff52d047129766b969d70d38, 0x46657ff26fd54358ac59ee6f82b3f7f5),
    ("c2tnb239v1", 239, 0x17a5254fd27794fec8a4d8ce19a7486f, 0x4c93d3fd7c3ba5c91a13c2ad668fb085),
    ("c2tnb239v2", 239, 0x5fafff46e4f0784237f2338d59079eb7, 0x9e027d73d1f85a70bf586bc95e62959f),
    ("c2tnb239v3", 239, 0xf66ea7b2437126022a81175e9eb7e876, 0x2cb776f9570f7b963df19d4124e9c1a4),
    ("c2pnb272w1", 272, 0xf63a9c79c542ea14db7e40c82eb9f3fb, 0x763bff03da01df959bb3ee013325ad26),
    ("c2pnb304w1", 304, 0xdf49dfd0260ed0f357ea09044a36b873, 0x28b8de6f6e6c9c0f97b5de036872438f),
    ("c2tnb359v1", 359, 0x044b663232d80caaa1da3dcb7adbe225, 0xa23cee03e2757d25e17ffd2b29eb7a6b),
    ("c2pnb368w1", 368, 0x68a65dbacfd1cfadd8a69e5d70143e7b, 0x2cc3147b1228c4a6f4baf3e1c7c6b9c2),
    ("c2tnb431r1", 431, 0xc3677a988b7349960439f688d01f0df1, 0x0778a44de64d0fc09bf687ee84c9f37c),
    ("wtls1", 113, 0x665c34a67e4e79eabc0631226e1fc056, 0x0d69034efa362d7d88d94358182a94f7),
    ("wtls3", 163, 0x3acc3f875b158dbacf5c59494c29b9d4, 0xb3c7ca7441467f9c90d400527ac0c673),
    ("wtls4", 113, 0x7236892627143091a3404f49cd7d4e51, 0xf854ae6a568d8f8323e34263b89fac79),
    ("wtls5", 163, 0xd4828d3775ad890dc898fde2da92d15b, 0xcac91239446cf96819b84ea06719aec9),
    ("wtls6", 112, 0x88de78c5734b7ea3223be0dfe5d3c56e, 0x78c7d4b135f3a5b5afcb0bca2f971eb8),
    ("wtls7", 160, 0xbd82bb238c426a2a73b5da80a80be00b, 0xfc6269cc3f73262205fd19cfb3912639),
    ("wtls8", 112, 0x0474c3159bd62c2f2074e95a81053741, 0xc02280186ff75d0ed53db2a29a85b892),
    ("wtls9", 160, 0x9c62f689e1490813dcf15d29bd290ee6, 0x95d87c9e4d79fb6a8ccdff739c4c686a),
    ("wtls10", 233, 0xd02af83dd87fa870f5a307cc67fa7fd9, 0x0fe7ab12d278c4c0cfdc3aa09df79d66),
    ("wtls11", 233, 0x6c1b70d45a258248cbe9ec9082c5312d, 0x225d07d1c67b49cbbe208780f77405fe),
    ("wtls12", 224, 0xe3071b79d23b622ce165bfb0a9e4dea9, 0xa8567894b4419d450c321565c2384884),
    ("brainpoolP160r1", 160, 0xe2d4634bd6cf08f2a9e20cedecf13528, 0x708356c941a873708369d65512d5238d),
    ("brainpoolP160t1", 160, 0x0116a45f1ca055a44f939cb9a9af7911, 0xad1b7d6082a8157c50c259e04cc14df0),
    ("brainpoolP192r1", 192, 0x9b683bb4483bc50fcb554f7b20926524, 0xb5534bd9cdb620f2588b3021fba93f27),
    ("brainpoolP192t1", 192, 0x7ff80270213183bbc216d2f6b5f09913, 0x9db32d8fa897d1441bc0c8d7199122cf),
    ("brainpoolP224r1", 224, 0xa884537bfe4fdf5bca6d709dd928b092, 0x557bc108895b85f0f19d60c09adc7bc0),
    ("brainpoolP224t1", 224, 0x96b5d0e99a7fff7dbbe73e2316a5ca59, 0x9b7927a31e12ea5601a4cd8a1edd3ddf),
    ("brainpoolP256r1", 256, 0xf3bdeb8d16359f055dfff6839ce6a25b, 0x791972f4d0a85046a2b745b72d2118c1),
    ("brainpoolP256t1", 256, 0x6b74c54ef16f55c04899830cc60641f8, 0x8652d2d652aa98dbe110c978e6c10021),
    ("brainpoolP320r1", 320, 0x6c09aeeeccd2afcec87e29ea161af969, 0x9f0f1a99b8edf72acc50568eba619f58),
    ("brainpoolP320t1", 320, 0x7cb4ab65ae7685e7099813d608eb3740, 0x66d16b21af2d7ffa1af91db32610861c),
    ("brainpoolP384r1", 384, 0x89c4a9917d0eda1319385d0278cadd02, 0x6ce2bed848484ed6a00b21708466c1c5),
    ("brainpoolP384t1", 384, 0x92fbd9954d84c21a3b99caa946957529, 0xaf21e81680a400144cb22ffc157a0469),
    ("brainpoolP512r1", 512, 0xbf6c314e5a07960cc05ac006e8b4c22b, 0x83a3da0407dbdaa12ccd2e4f3fc2cfb2),
    ("brainpoolP512t1", 512, 0x12d14ff0d68bcfcd68240bb174fcad74, 0xe031a25b36dca77bceb3bad4a3480b99),
    ("SM2", 256, 0x99a4242bbf5493f640c75bae00bf2f57, 0x14fa83a25f8569dd538e2a83d348f892),
];
