using System.Globalization;

namespace Cnn.Runner.DataSets;

/// <summary>
/// The keys of Caffe's databases: a record's position in decimal digits, with zeros in front so that the order of bytes
/// is the order of records.
/// </summary>
internal static class DatumKey
{
    /// <summary>The digits that the largest position may need.</summary>
    public const int MostDigits = 19;

    /// <summary>Writes a key.</summary>
    /// <param name="position">The record's position, from 0.</param>
    /// <param name="digits">The fewest digits; a larger position takes more.</param>
    /// <param name="to">At least <see cref="MostDigits"/> bytes.</param>
    /// <returns>The part of <paramref name="to"/> that was written.</returns>
    public static Span<byte> Write(long position, int digits, Span<byte> to)
    {
        Span<char> format = ['D', (char)('0' + (digits / 10)), (char)('0' + (digits % 10))];
        position.TryFormat(to, out int written, format, CultureInfo.InvariantCulture);
        return to[..written];
    }
}
