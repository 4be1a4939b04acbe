#pragma warning disable CS1591
namespace Cnn.Runner.Reports;
public static class CaffeNumber { public static string Format(double v) => v.ToString("G6"); }
