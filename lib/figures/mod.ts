/**
 * Plain records in, pictures out: charts as vega-lite specifications and PNG, grids of
 * images as grey PNG, and the report of a run as one HTML page.
 *
 * @module
 */
export type { Matrix } from "../math/mod.ts";
export { type Bar, barChart, type BarChartOptions } from "./bar_chart.ts";
export { klBars, type KlBarsOptions, type KlRecord } from "./kl_bars.ts";
export { dataUri } from "./data_uri.ts";
export {
  densityHeatmap,
  type DensityHeatmapOptions,
  type MapCurve,
  type Mark,
} from "./density_heatmap.ts";
export { escapeMarkup } from "./escape_markup.ts";
export {
  type Bin,
  binDensities,
  type Curve,
  histogram,
  type HistogramOptions,
} from "./histogram.ts";
export { type ImageGrid, imageGrid } from "./image_grid.ts";
export { interpolate, type LatentGrid, manifoldGrid } from "./latent_grid.ts";
export { latentScatter, type LatentScatterOptions } from "./latent_scatter.ts";
export { type EpochRecord, lossCurves, type LossCurvesOptions } from "./loss_curves.ts";
export { normalContours, type NormalContoursOptions } from "./normal_contours.ts";
export { pca, type PrincipalComponents } from "./pca.ts";
export {
  type PlaneCurve,
  planeCurves,
  type PlaneCurvesOptions,
} from "./plane_curves.ts";
export { svgToPng } from "./rasterize.ts";
export {
  type Report,
  type ReportFigure,
  reportHtml,
  type ReportNumber,
  type ReportSettings,
} from "./report.ts";
export { chartJson, chartSvg, renderChart } from "./render_chart.ts";
export {
  type ChartOptions,
  type Rule,
  seriesLine,
  type SeriesLineOptions,
  type SeriesPoint,
} from "./series_line.ts";
export { sideBySide, type SideBySideOptions } from "./side_by_side.ts";
export {
  chart,
  type ChartDraft,
  type ChartSpec,
  CLASS_COLORS,
  LINE_COLORS,
} from "./theme.ts";
export {
  columnsFor,
  type TiledImages,
  tileImages,
  type Tiles,
  zoomFor,
} from "./tile_images.ts";
