/** One generated page: path below `apps/docs`, and its markdown. */
export interface Page {
  readonly path: string;
  readonly markdown: string;
}

export interface SidebarItem {
  readonly text: string;
  readonly link?: string;
  readonly collapsed?: boolean;
  readonly items?: readonly SidebarItem[];
}
