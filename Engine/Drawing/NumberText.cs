using System.Globalization;

namespace Cnn.Engine.Drawing;

/// <summary>Numbers as a drawing has them.</summary>
internal static class NumberText
{
    /// <summary>Formats a count in three figures: <c>520</c>, <c>25.1 k</c>, <c>1.58 G</c>.</summary>
    public static string Short(double value)
    {
        string[] units = ["", " k", " M", " G", " T"];
        int unit = 0;
        while (value >= 999.5 && unit < units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        string format = unit == 0 || value >= 99.95 ? "0" : value >= 9.995 ? "0.0" : "0.00";
        return value.ToString(format, CultureInfo.InvariantCulture) + units[unit];
    }

    /// <summary>Formats a count of learned values; "1 parameter".</summary>
    public static string Parameters(long count) => count == 1 ? "1 parameter" : $"{Short(count)} parameters";

    /// <summary>Formats a coordinate or a size with at most two decimals.</summary>
    public static string Of(double value) =>
        (Math.Round(value, 2) + 0.0).ToString("0.##", CultureInfo.InvariantCulture);
}
