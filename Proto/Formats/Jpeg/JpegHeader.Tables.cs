using System.Buffers.Binary;

namespace Cnn.Proto.Formats.Jpeg;

/// <content>Tables, and the headers of scans, which name them.</content>
internal sealed partial class JpegHeader
{
    private void ReadQuantizationTables(ReadOnlySpan<byte> segment)
    {
        while (segment.Length > 0)
        {
            int number = segment[0] & 15, size = segment[0] >> 4 == 0 ? 1 : 2;
            if (number >= Tables || segment.Length < 1 + (size * JpegComponent.BlockSize))
            {
                throw JpegMessages.Damaged("a quantization table is too short");
            }

            Span<short> table = Multipliers(number);
            for (int i = 0; i < JpegComponent.BlockSize; i++)
            {
                table[ZigZag.Order[i]] = size == 1
                    ? segment[1 + i]
                    : (short)BinaryPrimitives.ReadUInt16BigEndian(segment[(1 + (2 * i))..]);
            }

            hasMultipliers[number] = true;
            segment = segment[(1 + (size * JpegComponent.BlockSize))..];
        }
    }

    private void ReadHuffmanTables(ReadOnlySpan<byte> segment)
    {
        while (segment.Length > 0)
        {
            int number = segment[0] & 15, kind = segment[0] >> 4, symbols = 0;
            for (int i = 1; i <= 16 && i < segment.Length; i++)
            {
                symbols += segment[i];
            }

            if (number >= Tables || kind > 1 || symbols > 256 || segment.Length < 17 + symbols)
            {
                throw JpegMessages.Damaged("a Huffman table is too short");
            }

            (kind == 0 ? differences : others)[number].Define(segment.Slice(1, 16), segment.Slice(17, symbols));
            segment = segment[(17 + symbols)..];
        }
    }

    private void ReadScan(ReadOnlySpan<byte> segment)
    {
        int number = segment.Length > 0 ? segment[0] : 0;
        if (count == 0 || number is < 1 or > 4 || segment.Length != 4 + (2 * number))
        {
            throw JpegMessages.Damaged("the header of a scan has a wrong length");
        }

        ReadOnlySpan<byte> end = segment[^3..];
        (Scan.First, Scan.Last, Scan.High, Scan.Low) = (end[0], end[1], end[2] >> 4, end[2] & 15);
        Scan.Clear();
        for (int i = 0, blocks = 0; i < number; i++)
        {
            JpegComponent component = Find(segment[1 + (2 * i)]);
            int tables = segment[2 + (2 * i)];
            blocks += component.Horizontal * component.Vertical;
            if (Scan.Components.Contains(component) || (number > 1 && blocks > MostBlocksOfUnit))
            {
                throw JpegMessages.Damaged("a scan has more blocks than are allowed");
            }

            if (component.Table >= Tables || !hasMultipliers[component.Table])
            {
                throw JpegMessages.Damaged("a quantization table is missing");
            }

            component.StartScan(Multipliers(component.Table));
            component.Differences = differences[(tables >> 4) & 3];
            component.Others = others[tables & 3];
            Scan.Add(component);
        }

        if (IsProgressive)
        {
            CheckProgression();
        }

        foreach (JpegComponent component in Scan.Components)
        {
            CheckTables(component);
        }
    }

    // Frames of Motion JPEG leave out the tables that T.81 gives as an example.
    private void CheckTables(JpegComponent component)
    {
        bool usesDifferences = !IsProgressive || (Scan.First == 0 && Scan.High == 0);
        bool usesOthers = !IsProgressive || Scan.First > 0;
        if (usesDifferences && !component.Differences!.IsDefined)
        {
            StandardTables.DefineDifferences(component.Differences, Array.IndexOf(differences, component.Differences));
        }

        if (usesOthers && !component.Others!.IsDefined)
        {
            StandardTables.DefineOthers(component.Others, Array.IndexOf(others, component.Others));
        }

        if (usesDifferences && !component.Differences!.FitsDifferences())
        {
            throw JpegMessages.Damaged("a Huffman table has differences of more than 15 bits");
        }
    }

    private void CheckProgression()
    {
        bool differs = Scan.First == 0
            ? Scan.Last != 0
            : Scan.Last < Scan.First || Scan.Last >= JpegComponent.BlockSize || Scan.Count > 1;
        if (differs || Scan.Low > 13 || (Scan.High != 0 && Scan.High != Scan.Low + 1))
        {
            throw JpegMessages.Damaged(
                $"a scan has coefficients {Scan.First} to {Scan.Last}, bits {Scan.High} to {Scan.Low}");
        }

        foreach (JpegComponent component in Scan.Components)
        {
            component.Missing.AsSpan(Scan.First, Scan.Last - Scan.First + 1).Fill((sbyte)Scan.Low);
        }
    }

    private JpegComponent Find(int id)
    {
        foreach (JpegComponent component in Components)
        {
            if (component.Id == id)
            {
                return component;
            }
        }

        throw JpegMessages.Damaged($"a scan names component {id}, which is not in its frame");
    }

    private Span<short> Multipliers(int number) =>
        multipliers.AsSpan(number * JpegComponent.BlockSize, JpegComponent.BlockSize);
}
