namespace Cnn.Proto.Formats.Jpeg;

/// <summary>
/// Gives the rows of one component in the size of the image, by libjpeg's choice of filters: triangles where one side
/// or both are halved, copies elsewhere.
/// </summary>
internal sealed unsafe class Upsampler
{
    // Room before the first value, and whole vectors after the last.
    private const int Before = 16, After = 64;

    private readonly PinnedBuffer<ushort> sums = new();
    private readonly PinnedBuffer<byte> row = new();
    private JpegComponent? component;
    private int horizontal, vertical;
    private bool blends, doubles;

    /// <summary>Starts an image.</summary>
    /// <param name="of">The component.</param>
    /// <param name="frameHorizontal">The largest sampling factors of the frame.</param>
    /// <param name="frameVertical">The largest sampling factors of the frame.</param>
    public void Start(JpegComponent of, int frameHorizontal, int frameVertical)
    {
        component = of;
        horizontal = frameHorizontal / of.Horizontal;
        vertical = frameVertical / of.Vertical;

        // A side of two samples has none between two others.
        doubles = horizontal == 2 && vertical <= 2 && of.Width > 2;
        blends = vertical == 2 && (doubles || horizontal == 1);
        sums.Require(Before + of.Width + After);
        row.Require((horizontal * of.Width) + After);
    }

    /// <summary>Returns row y of the image.</summary>
    public byte* Row(int y)
    {
        JpegComponent of = component!;
        int at = y / vertical;
        byte* near = of.Samples + ((nint)at * of.Stride);
        if (!blends && horizontal == 1)
        {
            return near;
        }

        byte* to = row.Start;
        if (!blends && !doubles)
        {
            Upsampling.Repeat(near, of.Width, horizontal, to);
            return to;
        }

        // The first and the last row have themselves as the one beyond.
        bool isUpper = y % 2 == 0;
        byte* far = of.Samples + ((nint)Math.Clamp(isUpper ? at - 1 : at + 1, 0, of.Height - 1) * of.Stride);
        ushort* middle = sums.Start + Before;
        if (!doubles)
        {
            Upsampling.BlendSamples(near, far, of.Width, isUpper ? 1 : 2, to);
        }
        else if (blends)
        {
            Upsampling.Blend(near, far, of.Width, middle);
            Upsampling.Double(middle, of.Width, 8, 7, 4, to);
        }
        else
        {
            Upsampling.Widen(near, of.Width, middle);
            Upsampling.Double(middle, of.Width, 1, 2, 2, to);
        }

        return to;
    }
}
