using System.Globalization;

namespace Cnn.Engine.Runs;

/// <summary>
/// Formats numbers as C++ streams print them by default, which is what the parsers of Caffe's logs expect: six
/// significant digits in the style of <c>%g</c>.
/// </summary>
public static class CaffeNumber
{
    private const int Digits = 6;

    // Enough digits to detect a tie: a value whose seventh digit is 5 and whose later digits here are 0 lies exactly
    // between two results.
    private const string Exact = "E40";

    /// <summary>
    /// Formats a value: <c>0.01</c>, <c>1e-05</c>, <c>1.25154</c>, <c>100000</c>, <c>1e+06</c>, <c>nan</c>,
    /// <c>-inf</c>.
    /// </summary>
    public static string Format(double value)
    {
        if (double.IsNaN(value))
        {
            return "nan";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "inf" : "-inf";
        }

        string sign = double.IsNegative(value) ? "-" : "";
        var (digits, exponent) = Round(Math.Abs(value));
        return sign + (exponent is < -4 or >= Digits ? Scientific(digits, exponent) : Fixed(digits, exponent));
    }

    // Returns the six digits without the point, and the power of ten of the first one.
    private static (string Digits, int Exponent) Round(double magnitude)
    {
        string exact = magnitude.ToString(Exact, CultureInfo.InvariantCulture);
        bool isTie = exact.AsSpan(Digits + 1, exact.IndexOf('E', StringComparison.Ordinal) - Digits - 1)
            .TrimEnd('0') is "5";
        bool lastIsEven = (exact[Digits] - '0') % 2 == 0;
        string text = isTie && lastIsEven
            ? string.Concat(exact.AsSpan(0, Digits + 1), exact.AsSpan(exact.IndexOf('E', StringComparison.Ordinal)))
            : magnitude.ToString("E5", CultureInfo.InvariantCulture);
        int e = text.IndexOf('E', StringComparison.Ordinal);
        return (text[0] + text[2..e], int.Parse(text.AsSpan(e + 1), CultureInfo.InvariantCulture));
    }

    private static string Scientific(string digits, int exponent)
    {
        string fraction = digits[1..].TrimEnd('0');
        string point = fraction.Length > 0 ? "." : "";
        return $"{digits[0]}{point}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    private static string Fixed(string digits, int exponent)
    {
        string padded = exponent < 0 ? new string('0', -exponent) + digits : digits;
        int whole = Math.Max(exponent, 0) + 1;
        string fraction = padded[whole..].TrimEnd('0');
        return fraction.Length > 0 ? $"{padded[..whole]}.{fraction}" : padded[..whole];
    }
}
