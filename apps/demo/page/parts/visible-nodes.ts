import { visibleText } from "@keywhen/core/store";
import { type ComponentChildren, options } from "preact";

const TEXT_PROPS = ["title", "aria-label", "alt", "placeholder"] as const;

/**
 * Shows hidden characters in every text of the page as escapes, so that no component can forget it. The content of fields
 * (a body, an input) is not changed.
 */
export function makeTextsVisible(): void {
  const next = options.vnode;
  options.vnode = (vnode) => {
    if (typeof vnode.type === "string") {
      const { props } = vnode;
      if ("children" in props) props.children = visibleChildren(props.children);
      for (const name of TEXT_PROPS) {
        const text: unknown = Reflect.get(props, name);
        if (typeof text === "string") Reflect.set(props, name, visibleText(text));
      }
    }
    next?.(vnode);
  };
}

function visibleChildren(children: ComponentChildren): ComponentChildren {
  if (typeof children === "string") return visibleText(children);
  return Array.isArray(children) ? children.map(visibleChildren) : children;
}
