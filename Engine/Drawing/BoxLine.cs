using Cnn.Engine.Drawing.Pictures;

namespace Cnn.Engine.Drawing;

/// <summary>A line of text in a box.</summary>
/// <param name="Text">The text.</param>
/// <param name="Size">The size of its font.</param>
/// <param name="Ink">Its colour.</param>
/// <param name="IsBold">Whether it is bold.</param>
/// <param name="Aside">What follows it in faint.</param>
/// <param name="Stripe">The kind of a layer that begins here, which a stripe at the left tells; null for none.</param>
/// <param name="IsApart">Whether a thin line separates it from the one above.</param>
/// <param name="IsContinued">Whether the stripe of the line above goes on here.</param>
internal sealed record BoxLine(
    string Text,
    double Size,
    Ink Ink,
    bool IsBold = false,
    string Aside = "",
    LayerKind? Stripe = null,
    bool IsApart = false,
    bool IsContinued = false)
{
    /// <summary>The height that it takes.</summary>
    public double Height => Math.Ceiling(Size * 1.4) + (IsApart ? 3 : 0);

    /// <summary>The width that it takes.</summary>
    public double Width
    {
        get
        {
            var (size, gap) = PictureShape.Text.OfAside;
            return TextWidth.Of(Text, Size, IsBold) + (Aside.Length == 0 ? 0 : gap + TextWidth.Of(Aside, size));
        }
    }
}
