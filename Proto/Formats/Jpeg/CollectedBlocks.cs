namespace Cnn.Proto.Formats.Jpeg;

/// <summary>The blocks of a progressive image, when all its scans were read.</summary>
internal static unsafe class CollectedBlocks
{
    // libjpeg smooths images that lack bits of the first coefficients.
    private const int FirstCoefficients = 10;

    /// <summary>Requires that scans gave all bits of the coefficients that matter most.</summary>
    /// <exception cref="CnnException">They did not.</exception>
    public static void RequireAll(JpegHeader header)
    {
        foreach (JpegComponent component in header.Components)
        {
            if (component.Missing.AsSpan(0, FirstCoefficients).ContainsAnyExcept((sbyte)0))
            {
                throw JpegMessages.Incomplete();
            }
        }
    }

    /// <summary>Transforms the blocks to samples.</summary>
    public static void Transform(JpegHeader header)
    {
        foreach (JpegComponent component in header.Components)
        {
            if (!component.IsWanted)
            {
                continue;
            }

            short* block = component.Coefficients;
            for (int y = 0; y < component.StoredRows; y++)
            {
                byte* to = component.Samples + ((nint)y * 8 * component.Stride);
                for (int x = 0; x < component.StoredColumns; x++, block += JpegComponent.BlockSize, to += 8)
                {
                    InverseDct.Transform(block, component.Multipliers, to, component.Stride);
                }
            }
        }
    }
}
