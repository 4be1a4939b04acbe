namespace Cnn.Proto.Formats.Jpeg;

/// <summary>
/// A Huffman table of ITU-T T.81, annex C, as the decoder wants it: by the next ten bits it gives the length of the
/// code and its symbol and, where those bits hold the coefficient too, its value at once.
/// </summary>
/// <remarks>
/// An entry of <see cref="Lookup"/> has in bits 16 to 31 the value, or zero where it does not fit; in bits 12 to 15 the
/// size of the value; in bits 8 to 11 the run of zeros before it; in bits 0 to 7 the length of the code, and of the
/// value if that is here. It is zero where the code is longer than what is looked up.
/// </remarks>
internal sealed unsafe class HuffmanTable
{
    /// <summary>The bits that are looked up: more would not fit into the first cache beside the rest.</summary>
    public const int LookupBits = 10;

    private const int LongestCode = 16;

    private readonly PinnedBuffer<uint> lookup = new();
    private readonly int[] lastCode = new int[LongestCode + 1];
    private readonly int[] offset = new int[LongestCode + 1];
    private readonly byte[] definition = new byte[LongestCode + 256];
    private int defined;

    /// <summary>Whether the image has defined the table.</summary>
    public bool IsDefined { get; private set; }

    /// <summary>The entries, by the next ten bits.</summary>
    public uint* Lookup => lookup.Start;

    /// <summary>Forgets the table; it stays built for an image that defines the same.</summary>
    public void Forget() => IsDefined = false;

    /// <summary>Defines the table.</summary>
    /// <param name="counts">How many codes there are of 1 to 16 bits.</param>
    /// <param name="symbols">The symbols in the order of their codes.</param>
    /// <exception cref="CnnException">There are more codes of a length than fit.</exception>
    public void Define(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        int length = LongestCode + symbols.Length;
        bool same = defined == length && counts.SequenceEqual(definition.AsSpan(0, LongestCode))
            && symbols.SequenceEqual(definition.AsSpan(LongestCode, symbols.Length));
        if (!same)
        {
            defined = 0;
            counts.CopyTo(definition);
            symbols.CopyTo(definition.AsSpan(LongestCode));
            Build();
            defined = length;
        }

        IsDefined = true;
    }

    /// <summary>Returns whether all symbols are the sizes of differences of DC coefficients, at most 15 bits.</summary>
    public bool FitsDifferences() => !definition.AsSpan(LongestCode, defined - LongestCode).ContainsAnyExceptInRange(
        (byte)0, (byte)15);

    /// <summary>Finds a code of more bits than are looked up.</summary>
    /// <param name="bits">The next bits, the first one on top.</param>
    /// <param name="length">The length of the code.</param>
    /// <returns>The symbol.</returns>
    /// <exception cref="CnnException">No code starts with these bits.</exception>
    public int FindLong(ulong bits, out int length)
    {
        int code = (int)(bits >> (64 - LongestCode));
        for (length = LookupBits + 1; length <= LongestCode; length++)
        {
            int start = code >> (LongestCode - length);
            if (start <= lastCode[length])
            {
                return definition[LongestCode + ((start + offset[length]) & 0xFF)];
            }
        }

        throw JpegMessages.BadCode();
    }

    /// <summary>Returns the number that bits stand for: those that start with 0 are negative; T.81, F.12.</summary>
    public static int Extend(int bits, int size) => bits < 1 << (size - 1) ? bits + 1 - (1 << size) : bits;

    private void Build()
    {
        lookup.Require(1 << LookupBits);
        Span<uint> entries = lookup.Span(1 << LookupBits);
        entries.Clear();
        int code = 0, index = 0;
        for (int length = 1; length <= LongestCode; length++, code <<= 1)
        {
            int count = definition[length - 1];
            if (code + count > 1 << length)
            {
                throw JpegMessages.Damaged("a Huffman table has more codes than fit");
            }

            offset[length] = index - code;
            lastCode[length] = count == 0 ? -1 : code + count - 1;
            for (int end = index + count; index < end; index++, code++)
            {
                if (length <= LookupBits)
                {
                    int free = LookupBits - length;
                    Fill(entries.Slice(code << free, 1 << free), length, definition[LongestCode + index]);
                }
            }
        }
    }

    private static void Fill(Span<uint> entries, int length, int symbol)
    {
        int size = symbol & 15, run = symbol >> 4, left = LookupBits - length - size;
        uint entry = ((uint)size << 12) | ((uint)run << 8);
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = size > 0 && left >= 0
                ? ((uint)Extend((i >> left) & ((1 << size) - 1), size) << 16) | entry | (uint)(length + size)
                : entry | (uint)length;
        }
    }
}
