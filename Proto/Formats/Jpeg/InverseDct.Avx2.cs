using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cnn.Proto.Formats.Jpeg;

/// <content>
/// The transformation of eight columns at a time. Two rows whose values meet in a pair of products are interleaved, so
/// that one instruction multiplies and adds; they come as two halves of one vector.
/// </content>
internal static unsafe partial class InverseDct
{
    private static void TransformAvx2(short* block, short* multipliers, byte* to, nint stride)
    {
        Vector256<short> a04 = Rows(block, multipliers, 0, 4), a51 = Rows(block, multipliers, 5, 1);
        Vector256<short> a26 = Rows(block, multipliers, 2, 6), a37 = Rows(block, multipliers, 3, 7);
        Vector256<short> b02, b13, b46, b57;
        if (IsFlat(block))
        {
            Vector128<short> row = (a04 << PassBits).GetLower();
            b02 = b13 = b46 = b57 = FlatPairs(row);
        }
        else
        {
            Pass(a04, a51, a26, a37, FirstShift, out b02, out b13, out b46, out b57);
        }

        Transpose(b02, b13, b46, b57, out a04, out Vector256<short> a15, out a26, out a37);
        a51 = Avx2.Permute2x128(a15, a15, 0x01);
        Pass(a04, a51, a26, a37, SecondShift, out b02, out b13, out b46, out b57);
        Transpose(b02, b13, b46, b57, out a04, out a15, out a26, out a37);

        var middle = Vector256.Create((byte)128);
        Vector256<byte> rows0145 = Avx2.PackSignedSaturate(a04, a15).AsByte() + middle;
        Vector256<byte> rows2367 = Avx2.PackSignedSaturate(a26, a37).AsByte() + middle;
        Store(rows0145.GetLower(), to, stride);
        Store(rows2367.GetLower(), to + (2 * stride), stride);
        Store(rows0145.GetUpper(), to + (4 * stride), stride);
        Store(rows2367.GetUpper(), to + (6 * stride), stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Rows(short* block, short* multipliers, int lower, int upper) => Avx2.MultiplyLow(
        Vector256.Create(Vector128.Load(block + (8 * lower)), Vector128.Load(block + (8 * upper))),
        Vector256.Create(Vector128.Load(multipliers + (8 * lower)), Vector128.Load(multipliers + (8 * upper))));

    // Whether all rows but the first are zero.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsFlat(short* block)
    {
        Vector256<short> others = Vector256.Load(block + 16) | Vector256.Load(block + 32) | Vector256.Load(block + 48)
            | Vector256.Create(Vector128.Load(block + 8), Vector128<short>.Zero);
        return others == Vector256<short>.Zero;
    }

    // What packing two equal rows gives: the first four values twice, then the last four.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> FlatPairs(Vector128<short> row) =>
        Avx2.Permute4x64(Vector256.Create(row, row).AsInt64(), 0b01_01_00_00).AsInt16();

    // One pass; the results come in packed pairs: four values of each row, then the other four.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass(
        Vector256<short> a04, Vector256<short> a51, Vector256<short> a26, Vector256<short> a37, int shift,
        out Vector256<short> b02, out Vector256<short> b13, out Vector256<short> b46, out Vector256<short> b57)
    {
        Vector256<short> i26 = Interleave(a26);
        Vector256<int> even2 = Products(i26, C0541, C0541 - C1847), even3 = Products(i26, C0541 + C0765, C0541);
        Vector128<short> a0 = a04.GetLower(), a4 = a04.GetUpper();
        var half = Vector256.Create(1 << (shift - 1));
        Vector256<int> sum = (Avx2.ConvertToVector256Int32(a0 + a4) << ConstantBits) + half;
        Vector256<int> difference = (Avx2.ConvertToVector256Int32(a0 - a4) << ConstantBits) + half;
        Vector256<int> e0 = sum + even3, e3 = sum - even3, e1 = difference + even2, e2 = difference - even2;

        Vector256<short> a35 = Avx2.Permute2x128(a37, a51, 0x20), a71 = Avx2.Permute2x128(a37, a51, 0x31);
        Vector256<short> z34 = Interleave(a35 + a71), i35 = Interleave(a35), i71 = Interleave(a71);
        Vector256<int> y3 = Products(z34, C1175 - C1961, C1175), y4 = Products(z34, C1175, C1175 - C0390);
        Vector256<int> o0 = Products(i71, -C0899, C1501 - C0899) + y4, o1 = Products(i35, C3072 - C2562, -C2562) + y3;
        Vector256<int> o2 = Products(i35, -C2562, C2053 - C2562) + y4, o3 = Products(i71, C0298 - C0899, -C0899) + y3;

        b02 = Avx2.PackSignedSaturate((e0 + o0) >> shift, (e2 + o2) >> shift);
        b13 = Avx2.PackSignedSaturate((e1 + o1) >> shift, (e3 + o3) >> shift);
        b46 = Avx2.PackSignedSaturate((e3 - o3) >> shift, (e1 - o1) >> shift);
        b57 = Avx2.PackSignedSaturate((e2 - o2) >> shift, (e0 - o0) >> shift);
    }

    // From the rows in the two halves to pairs of values of one column.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Interleave(Vector256<short> rows) => Avx2.Shuffle(
        Avx2.Permute4x64(rows.AsInt64(), 0b11_01_10_00).AsByte(),
        Vector256.Create(
            (byte)0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15,
            0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15)).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Products(Vector256<short> pairs, int first, int second) =>
        Avx2.MultiplyAddAdjacent(pairs, Vector256.Create((second << 16) | (first & 0xFFFF)).AsInt16());

    // From packed pairs of rows to the transposed rows 0 and 4, 1 and 5, 2 and 6, 3 and 7.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        Vector256<short> b02, Vector256<short> b13, Vector256<short> b46, Vector256<short> b57,
        out Vector256<short> a04, out Vector256<short> a15, out Vector256<short> a26, out Vector256<short> a37)
    {
        Vector256<int> rows01 = Avx2.UnpackLow(b02, b13).AsInt32(), rows23 = Avx2.UnpackHigh(b02, b13).AsInt32();
        Vector256<int> rows45 = Avx2.UnpackLow(b46, b57).AsInt32(), rows67 = Avx2.UnpackHigh(b46, b57).AsInt32();
        Vector256<long> upper01 = Avx2.UnpackLow(rows01, rows23).AsInt64();
        Vector256<long> upper23 = Avx2.UnpackHigh(rows01, rows23).AsInt64();
        Vector256<long> lower01 = Avx2.UnpackLow(rows45, rows67).AsInt64();
        Vector256<long> lower23 = Avx2.UnpackHigh(rows45, rows67).AsInt64();
        a04 = Avx2.UnpackLow(upper01, lower01).AsInt16();
        a15 = Avx2.UnpackHigh(upper01, lower01).AsInt16();
        a26 = Avx2.UnpackLow(upper23, lower23).AsInt16();
        a37 = Avx2.UnpackHigh(upper23, lower23).AsInt16();
    }

    // Two rows of eight.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<byte> rows, byte* to, nint stride)
    {
        Unsafe.WriteUnaligned(to, rows.AsUInt64().GetElement(0));
        Unsafe.WriteUnaligned(to + stride, rows.AsUInt64().GetElement(1));
    }
}
