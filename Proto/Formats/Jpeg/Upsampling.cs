using System.Runtime.Intrinsics;

namespace Cnn.Proto.Formats.Jpeg;

/// <summary>
/// Doubles rows of samples as libjpeg's "fancy" upsampling does: each sample lies a quarter between two of the smaller
/// image, three parts of the nearer and one of the other, with the rounding turned up and down in turn. Equal to it to
/// the byte.
/// </summary>
/// <remarks>
/// Both directions are done in 16 bits: first <see cref="Widen"/> or <see cref="Blend"/>, then <see cref="Double"/>.
/// Whole vectors are read and written: the callers' rows go on for 64 values more.
/// </remarks>
internal static unsafe class Upsampling
{
    /// <summary>Copies a row to 16 bits.</summary>
    public static void Widen(byte* row, int width, ushort* to)
    {
        int x = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; x < width; x += 16)
            {
                Halves(row + x).Store(to + x);
            }
        }

        for (; x < width; x++)
        {
            to[x] = row[x];
        }
    }

    /// <summary>Adds three parts of the nearer row and one of the other.</summary>
    public static void Blend(byte* near, byte* far, int width, ushort* to)
    {
        int x = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; x < width; x += 16)
            {
                Vector256<ushort> n = Halves(near + x);
                (n + n + n + Halves(far + x)).Store(to + x);
            }
        }

        for (; x < width; x++)
        {
            to[x] = (ushort)((3 * near[x]) + far[x]);
        }
    }

    /// <summary>
    /// Doubles the values of a row: (3 v + v of the left + <paramref name="left"/>) >> <paramref name="shift"/> and the
    /// same with the right.
    /// </summary>
    /// <param name="row">The values; the ones before the first and after the last are overwritten.</param>
    /// <param name="width">The number of values.</param>
    /// <param name="left">What rounds the left one of two.</param>
    /// <param name="right">What rounds the right one.</param>
    /// <param name="shift">2, or 4 for a sum of four parts.</param>
    /// <param name="to">Twice as many samples.</param>
    public static void Double(ushort* row, int width, int left, int right, int shift, byte* to)
    {
        row[-1] = row[0];
        row[width] = row[width - 1];
        int x = 0;
        if (Vector256.IsHardwareAccelerated && BitConverter.IsLittleEndian)
        {
            Vector256<ushort> lefts = Vector256.Create((ushort)left), rights = Vector256.Create((ushort)right);
            for (; x < width; x += 16)
            {
                Vector256<ushort> v = Vector256.Load(row + x);
                v = v + v + v;
                Vector256<ushort> even = (v + Vector256.Load(row + x - 1) + lefts) >> shift;
                Vector256<ushort> odd = (v + Vector256.Load(row + x + 1) + rights) >> shift;
                (even | (odd << 8)).AsByte().Store(to + (2 * x));
            }
        }

        for (; x < width; x++)
        {
            to[2 * x] = (byte)(((3 * row[x]) + row[x - 1] + left) >> shift);
            to[(2 * x) + 1] = (byte)(((3 * row[x]) + row[x + 1] + right) >> shift);
        }
    }

    /// <summary>Blends two rows to one of samples, for colour of half the height alone.</summary>
    public static void BlendSamples(byte* near, byte* far, int width, int rounding, byte* to)
    {
        for (int x = 0; x < width; x++)
        {
            to[x] = (byte)(((3 * near[x]) + far[x] + rounding) >> 2);
        }
    }

    /// <summary>Repeats each sample.</summary>
    public static void Repeat(byte* row, int width, int times, byte* to)
    {
        for (int x = 0; x < width; x++, to += times)
        {
            new Span<byte>(to, times).Fill(row[x]);
        }
    }

    private static Vector256<ushort> Halves(byte* samples)
    {
        Vector128<byte> bytes = Vector128.Load(samples);
        return Vector256.Create(Vector128.WidenLower(bytes), Vector128.WidenUpper(bytes));
    }
}
