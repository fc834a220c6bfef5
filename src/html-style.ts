/*
 * Styles stand in the elements of an output: front ends take `<style>` out of what they do not trust. JupyterLab then
 * also takes out `var()`, so that what is left has to be readable in its own colours. What only paper needs, which no
 * element can say, is the one exception.
 */

/** Of a link: JupyterLab's, VS Code's, else the page's own. */
export const linkColour = 'var(--jp-content-link-color,var(--vscode-textLink-foreground,LinkText))'

/** Text that is less than the rest. Less opaque is too little contrast in the themes of the front ends. */
export const faintStyle = 'opacity:.75'

/** By this class boxes that scroll are known to {@link printedWhole}. */
export const scrolledClass = 'xdrlab-scrolled'

/**
 * On paper nothing scrolls: boxes show all that is in them, wide tables break their lines, and the pictures of charts,
 * which can carry no style where nbconvert makes images of them, are as wide as the page at most.
 */
export const printedWhole = `<style>@media print{\
.${scrolledClass},.${scrolledClass} div{max-width:none!important;max-height:none!important;overflow:visible!important}\
.${scrolledClass} table{table-layout:auto!important;width:100%;font-size:8pt}\
.${scrolledClass} :is(th,td,caption,div){white-space:normal!important;overflow-wrap:anywhere;width:auto!important;padding:.2em .3em!important}\
.${scrolledClass} thead,.${scrolledClass} caption span{position:static!important}\
.jp-RenderedSVG img,.jp-RenderedImage img{max-width:100%!important;height:auto!important}}</style>`

/** What a screen reader says and nobody sees. */
export const onlyHeard =
  'position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip:rect(0px,0px,0px,0px);white-space:nowrap'
