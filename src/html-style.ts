/*
 * Styles stand in the elements of an output: front ends take `<style>` out of what they do not trust. JupyterLab then
 * also takes out `var()`, so that what is left has to be readable in its own colours.
 */

/** Of a link: JupyterLab's, VS Code's, else the page's own. */
export const linkColour = 'var(--jp-content-link-color,var(--vscode-textLink-foreground,LinkText))'

/** Text that is less than the rest. Less opaque is too little contrast in the themes of the front ends. */
export const faintStyle = 'opacity:.75'

/** What a screen reader says and nobody sees. */
export const onlyHeard =
  'position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip:rect(0px,0px,0px,0px);white-space:nowrap'
