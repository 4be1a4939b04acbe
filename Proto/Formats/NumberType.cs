using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Cnn.Proto.Formats;

/// <summary>
/// The type of the numbers in a file, whatever the file's format. Numbers of all types are read as floats.
/// </summary>
/// <param name="Kind">How the bits are read.</param>
/// <param name="Size">Bytes per number: 1, 2, 4 or 8.</param>
/// <param name="IsBigEndian">Whether the most significant byte comes first.</param>
internal readonly record struct NumberType(NumberKind Kind, int Size, bool IsBigEndian = false)
{
    /// <summary>Little-endian binary16.</summary>
    public static NumberType Float16 => new(NumberKind.Float, 2);

    /// <summary>Little-endian binary32, the type of a blob's numbers.</summary>
    public static NumberType Float32 => new(NumberKind.Float, 4);

    /// <summary>Little-endian binary64.</summary>
    public static NumberType Float64 => new(NumberKind.Float, 8);

    /// <summary>Whether a float may be unable to hold a whole number of the type exactly.</summary>
    public bool MayBeInexact => Kind is NumberKind.Signed or NumberKind.Unsigned && Size > 2;

    /// <summary>Reads numbers that lie a fixed distance apart.</summary>
    /// <param name="from">Their bytes.</param>
    /// <param name="stride">Bytes from the start of a number to that of the next.</param>
    /// <param name="to">Receives the values; as many are read as it holds.</param>
    public void Read(ReadOnlySpan<byte> from, int stride, Span<float> to)
    {
        if (this == Float32 && stride == Size && BitConverter.IsLittleEndian)
        {
            from[..(to.Length * Size)].CopyTo(MemoryMarshal.AsBytes(to));
            return;
        }

        for (int i = 0; i < to.Length; i++)
        {
            to[i] = Value(Bits(from.Slice(i * stride, Size)));
        }
    }

    /// <summary>Returns the first whole number that a float cannot hold exactly; null when there is none.</summary>
    /// <param name="from">The bytes of the numbers, one after another.</param>
    public string? FirstInexact(ReadOnlySpan<byte> from)
    {
        const int SignificantBits = 24;
        for (; MayBeInexact && from.Length >= Size; from = from[Size..])
        {
            ulong bits = Bits(from[..Size]);
            long signed = Size == 4 ? (int)bits : (long)bits;
            bool isNegative = Kind == NumberKind.Signed && signed < 0;
            ulong magnitude = isNegative ? unchecked(0 - (ulong)signed) : bits;
            if (magnitude != 0
                && 64 - BitOperations.LeadingZeroCount(magnitude) - BitOperations.TrailingZeroCount(magnitude)
                    > SignificantBits)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{(isNegative ? "-" : "")}{magnitude}");
            }
        }

        return null;
    }

    /// <summary>Makes the error for a number that a float cannot hold.</summary>
    /// <param name="what">The array, for the error.</param>
    /// <param name="number">The number.</param>
    public static CnnException Inexact(string what, string number) => new(
        $"{what}: holds the whole number {number}, which float32 cannot represent exactly",
        "save it as float32 if the nearest number is meant");

    private ulong Bits(ReadOnlySpan<byte> bytes) => (Size, IsBigEndian) switch
    {
        (1, _) => bytes[0],
        (2, false) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        (2, true) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        (4, false) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (4, true) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        (8, false) => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        _ => BinaryPrimitives.ReadUInt64BigEndian(bytes),
    };

    private float Value(ulong bits) => (Kind, Size) switch
    {
        (NumberKind.Float, 2) => (float)BitConverter.UInt16BitsToHalf((ushort)bits),
        (NumberKind.Float, 4) => BitConverter.UInt32BitsToSingle((uint)bits),
        (NumberKind.Float, _) => (float)BitConverter.UInt64BitsToDouble(bits),
        (NumberKind.BrainFloat, _) => BitConverter.UInt32BitsToSingle((uint)bits << 16),
        (NumberKind.Signed, 1) => (sbyte)bits,
        (NumberKind.Signed, 2) => (short)bits,
        (NumberKind.Signed, 4) => (int)bits,
        (NumberKind.Signed, _) => (long)bits,
        _ => bits,
    };
}
