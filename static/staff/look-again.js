/* A page that waits for background work looks again by itself; without scripts its <noscript> does. */
"use strict";

setTimeout(() => location.reload(), 3000);
