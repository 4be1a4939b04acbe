namespace Cnn.Proto.Formats.Png;

/// <summary>
/// The pixels that one pass of an interlaced image holds; PNG specification, 8.2. An image that is not interlaced has
/// one pass with all of them.
/// </summary>
internal readonly record struct PngPass(int X, int Y, int StepX, int StepY)
{
    private static readonly PngPass[] Interlaced =
    [
        new(0, 0, 8, 8), new(4, 0, 8, 8), new(0, 4, 4, 8), new(2, 0, 4, 4), new(0, 2, 2, 4), new(1, 0, 2, 2),
        new(0, 1, 1, 2),
    ];

    private static readonly PngPass[] Whole = [new(0, 0, 1, 1)];

    /// <summary>Returns the passes of an image.</summary>
    public static ReadOnlySpan<PngPass> Of(PngHeader header) => header.IsInterlaced ? Interlaced : Whole;

    /// <summary>Returns the columns of the pass.</summary>
    public int Columns(PngHeader header) => (header.Width - X + StepX - 1) / StepX;

    /// <summary>Returns the rows of the pass; none where it has no columns.</summary>
    public int Rows(PngHeader header) => Columns(header) == 0 ? 0 : (header.Height - Y + StepY - 1) / StepY;
}
