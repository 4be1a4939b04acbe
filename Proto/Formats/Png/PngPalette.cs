using System.Buffers.Binary;

namespace Cnn.Proto.Formats.Png;

/// <summary>
/// The colours of a palette and what is transparent. Numbers beyond the palette are black and opaque, as in libpng.
/// </summary>
internal sealed class PngPalette
{
    private readonly byte[] colors = new byte[3 * 256];
    private readonly byte[] alpha = new byte[256];
    private readonly int[] key = new int[3];

    /// <summary>Whether the image has a tRNS chunk with anything in it.</summary>
    public bool HasTransparency { get; private set; }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        colors.AsSpan().Clear();
        alpha.AsSpan().Fill(255);
        key.AsSpan().Fill(-1);
        HasTransparency = false;
    }

    /// <summary>Takes the content of a PLTE chunk: R, G and B of up to 256 colours.</summary>
    public void SetColors(ReadOnlySpan<byte> chunk) => chunk[..Math.Min(chunk.Length, colors.Length)].CopyTo(colors);

    /// <summary>
    /// Takes the content of a tRNS chunk: alpha for the first colours of a palette, or the colour that is transparent.
    /// </summary>
    public void SetTransparency(PngColor color, ReadOnlySpan<byte> chunk)
    {
        HasTransparency = chunk.Length > 0;
        if (color == PngColor.Palette)
        {
            chunk[..Math.Min(chunk.Length, alpha.Length)].CopyTo(alpha);
        }
        else if (color == PngColor.Colour && chunk.Length >= 6)
        {
            for (int i = 0; i < 3; i++)
            {
                key[i] = BinaryPrimitives.ReadUInt16BigEndian(chunk[(2 * i)..]);
            }
        }
    }

    /// <summary>Returns a colour as R, G, B.</summary>
    public ReadOnlySpan<byte> Color(int number) => colors.AsSpan(3 * number, 3);

    /// <summary>Returns the alpha of a colour of the palette.</summary>
    public byte Alpha(int number) => alpha[number];

    /// <summary>Returns the alpha of a colour of an image without a palette.</summary>
    public byte Alpha(int red, int green, int blue) =>
        (byte)(red == key[0] && green == key[1] && blue == key[2] ? 0 : 255);
}
