using Cnn.Fillers;
using Cnn.Layers.Data.Boxes;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data.Digits;

/// <summary>
/// Scatters digits of several sizes and shades over a grey image, and knows where they are: the box around each, and
/// the class of every pixel. An image is a function of (seed, index) alone, the same on every machine. Not thread-safe.
/// </summary>
/// <param name="options">The sizes; they have been checked.</param>
/// <param name="seed">The seed of the layout, and of the digits.</param>
internal sealed class DigitCanvas(DigitCanvasParameter options, long seed)
{
    private const int Ink = 20, Trials = 20, Darkest = 64, Palest = 128;
    private const byte Visible = 64, Solid = 128;

    private readonly ulong layout = new RandomStreams(seed).Key("digits", "canvas");
    private readonly ulong digits = DigitRenderer.Key(seed);
    private readonly PlanarImage drawn = new();
    private readonly PlanarImage sized = new();
    private byte[] classes = [];

    /// <summary>The image, [1, H, W].</summary>
    public PlanarImage Image { get; } = new();

    /// <summary>The digits on it: classes 1 to 10, tight around the ink.</summary>
    public List<LabelledBox> Objects { get; } = [];

    /// <summary>
    /// The class of every pixel, [H, W]: D + 1 where digit D has half its ink or more, 0 for the background.
    /// </summary>
    public ReadOnlySpan<byte> Classes => classes;

    private int Height => Image.Height;

    private int Width => Image.Width;

    /// <summary>Draws an image.</summary>
    /// <param name="index">Its index in the stream.</param>
    public void Draw(ulong index)
    {
        Image.SetSize(1, (int)options.Height, (int)options.Width);
        drawn.SetSize(1, DigitRenderer.Side, DigitRenderer.Side);
        Array.Resize(ref classes, Height * Width);
        Array.Clear(classes);
        Objects.Clear();
        var random = new DigitRandom(layout, index);
        int paper = random.Next(Darkest);
        Image.Pixels.Fill((byte)paper);
        int count = Between((int)options.MinDigits, (int)options.MaxDigits, ref random);
        for (int i = 0; i < count; i++)
        {
            ulong digit = ((ulong)random.Next(int.MaxValue) << 31) | (uint)random.Next(int.MaxValue);
            int label = DigitRenderer.Draw(digits, digit, drawn.Pixels) + 1;
            int size = Between((int)options.MinSize, (int)options.MaxSize, ref random);
            int side = ((DigitRenderer.Side * size) + (Ink / 2)) / Ink;
            ImageResizer.Resize(drawn, side, side, sized);
            int ink = Palest + random.Next(256 - Palest);
            if (TryPlace(label, ref random, out int top, out int left))
            {
                Blend(top, left, paper, ink, (byte)label);
            }
        }
    }

    private static int Between(int least, int most, ref DigitRandom random) => least + random.Next(most - least + 1);

    // Finds the digit a place where its box touches no other; the first always has one.
    private bool TryPlace(int label, ref DigitRandom random, out int top, out int left)
    {
        var (above, before, height, width) = InkBounds();
        for (int trial = 0; trial < Trials; trial++)
        {
            int y = random.Next(Math.Max(1, Height - height + 1)), x = random.Next(Math.Max(1, Width - width + 1));
            var box = new Box(
                (float)x / Width,
                (float)y / Height,
                (float)Math.Min(Width, x + width) / Width,
                (float)Math.Min(Height, y + height) / Height);
            if (IsFree(box))
            {
                (top, left) = (y - above, x - before);
                Objects.Add(new LabelledBox(label, Objects.Count, box, IsDifficult: false));
                return true;
            }
        }

        (top, left) = (0, 0);
        return false;
    }

    private bool IsFree(Box box)
    {
        foreach (LabelledBox other in Objects)
        {
            if (box.Jaccard(other.Box) > 0)
            {
                return false;
            }
        }

        return true;
    }

    private (int Top, int Left, int Height, int Width) InkBounds()
    {
        int top = int.MaxValue, left = int.MaxValue, bottom = -1, right = -1;
        ReadOnlySpan<byte> pixels = sized.Pixels;
        for (int y = 0; y < sized.Height; y++)
        {
            for (int x = 0; x < sized.Width; x++)
            {
                if (pixels[(y * sized.Width) + x] >= Visible)
                {
                    (top, bottom) = (Math.Min(top, y), y);
                    (left, right) = (Math.Min(left, x), Math.Max(right, x));
                }
            }
        }

        return (top, left, bottom - top + 1, right - left + 1);
    }

    private void Blend(int top, int left, int paper, int ink, byte label)
    {
        ReadOnlySpan<byte> from = sized.Pixels;
        Span<byte> to = Image.Pixels;
        for (int y = Math.Max(0, -top); y < Math.Min(sized.Height, Height - top); y++)
        {
            for (int x = Math.Max(0, -left); x < Math.Min(sized.Width, Width - left); x++)
            {
                int level = from[(y * sized.Width) + x], at = ((top + y) * Width) + left + x;
                to[at] = Math.Max(to[at], (byte)(paper + ((((ink - paper) * level) + 127) / 255)));
                classes[at] = level >= Solid ? label : classes[at];
            }
        }
    }
}
