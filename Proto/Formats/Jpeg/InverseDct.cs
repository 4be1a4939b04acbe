using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Cnn.Proto.Formats.Jpeg;

/// <summary>
/// The inverse DCT of a block of 8 x 8: the algorithm of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) with eleven
/// multiplications, in fixed point, as libjpeg-turbo's accurate one has it for vectors: constants in units of 2^-13,
/// two more bits between the passes, sums before a multiplication in 16 bits. Equal to it to the bit.
/// </summary>
internal static unsafe partial class InverseDct
{
    private const int ConstantBits = 13, PassBits = 2;
    private const int FirstShift = ConstantBits - PassBits, SecondShift = ConstantBits + PassBits + 3;

    // sqrt(2) times sums of cosines of multiples of pi / 16, in units of 2^-13.
    private const int C0298 = 2446, C0390 = 3196, C0541 = 4433, C0765 = 6270, C0899 = 7373, C1175 = 9633;
    private const int C1501 = 12299, C1847 = 15137, C1961 = 16069, C2053 = 16819, C2562 = 20995, C3072 = 25172;

    /// <summary>Transforms a block into 8 x 8 samples.</summary>
    /// <param name="block">The coefficients, row by row.</param>
    /// <param name="multipliers">What each is multiplied by.</param>
    /// <param name="to">The first sample.</param>
    /// <param name="stride">The distance from row to row.</param>
    public static void Transform(short* block, short* multipliers, byte* to, nint stride)
    {
        if (Avx2.IsSupported)
        {
            TransformAvx2(block, multipliers, to, stride);
        }
        else
        {
            Reference(block, multipliers, to, stride);
        }
    }

    /// <summary>Transforms a block that has nothing but its first coefficient.</summary>
    public static void Fill(short coefficient, short multiplier, byte* to, nint stride)
    {
        int value = (short)((coefficient * multiplier) << PassBits);
        ulong row = 0x0101010101010101UL * Sample(Half(value << ConstantBits, SecondShift));
        for (int y = 0; y < 8; y++, to += stride)
        {
            Unsafe.WriteUnaligned(to, row);
        }
    }

    /// <summary>The specification: one number at a time.</summary>
    public static void Reference(short* block, short* multipliers, byte* to, nint stride)
    {
        short* values = stackalloc short[64];
        bool isFlat = true;
        for (int i = 0; i < 64; i++)
        {
            values[i] = (short)(block[i] * multipliers[i]);
            isFlat &= i < 8 || block[i] == 0;
        }

        for (int x = 0; x < 8; x++)
        {
            if (isFlat)
            {
                for (int y = 7; y >= 0; y--)
                {
                    values[(8 * y) + x] = (short)(values[x] << PassBits);
                }
            }
            else
            {
                Pass(values + x, 8, FirstShift);
            }
        }

        for (int y = 0; y < 8; y++, to += stride)
        {
            Pass(values + (8 * y), 1, SecondShift);
            for (int x = 0; x < 8; x++)
            {
                to[x] = Sample(values[(8 * y) + x]);
            }
        }
    }

    private static void Pass(short* v, int step, int shift)
    {
        int v0 = v[0], v1 = v[step], v2 = v[2 * step], v3 = v[3 * step];
        int v4 = v[4 * step], v5 = v[5 * step], v6 = v[6 * step], v7 = v[7 * step];

        int sum = (short)(v0 + v4) << ConstantBits, difference = (short)(v0 - v4) << ConstantBits;
        int even2 = (v2 * C0541) + (v6 * (C0541 - C1847)), even3 = (v2 * (C0541 + C0765)) + (v6 * C0541);
        int e0 = sum + even3, e1 = difference + even2, e2 = difference - even2, e3 = sum - even3;

        int z3 = (short)(v7 + v3), z4 = (short)(v5 + v1);
        int y3 = (z3 * (C1175 - C1961)) + (z4 * C1175), y4 = (z3 * C1175) + (z4 * (C1175 - C0390));
        int o0 = (v1 * (C1501 - C0899)) - (v7 * C0899) + y4, o1 = (v3 * (C3072 - C2562)) - (v5 * C2562) + y3;
        int o2 = (v5 * (C2053 - C2562)) - (v3 * C2562) + y4, o3 = (v7 * (C0298 - C0899)) - (v1 * C0899) + y3;

        v[0] = Half(e0 + o0, shift);
        v[step] = Half(e1 + o1, shift);
        v[2 * step] = Half(e2 + o2, shift);
        v[3 * step] = Half(e3 + o3, shift);
        v[4 * step] = Half(e3 - o3, shift);
        v[5 * step] = Half(e2 - o2, shift);
        v[6 * step] = Half(e1 - o1, shift);
        v[7 * step] = Half(e0 - o0, shift);
    }

    // Rounds to 16 bits.
    private static short Half(int value, int shift) =>
        (short)Math.Clamp((value + (1 << (shift - 1))) >> shift, short.MinValue, short.MaxValue);

    private static byte Sample(int value) => (byte)(Math.Clamp(value, sbyte.MinValue, (int)sbyte.MaxValue) + 128);
}
