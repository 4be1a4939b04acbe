using Cnn.Engine.Drawing.Layout;

namespace Cnn.Engine.Drawing.Pictures;

/// <summary>Something drawn.</summary>
internal abstract record PictureShape
{
    /// <summary>A rectangle with round corners.</summary>
    /// <param name="X">Its left edge.</param>
    /// <param name="Y">Its upper edge.</param>
    /// <param name="Width">Its width.</param>
    /// <param name="Height">Its height.</param>
    /// <param name="Radius">The radius of its corners.</param>
    /// <param name="Fill">What fills it.</param>
    /// <param name="IsTint">Whether the filling is a hint of the colour alone.</param>
    /// <param name="Line">Its border.</param>
    /// <param name="IsDashed">Whether the border is dashed.</param>
    internal sealed record Rectangle(
        double X,
        double Y,
        double Width,
        double Height,
        double Radius,
        Ink Fill,
        bool IsTint = false,
        Ink Line = Ink.None,
        bool IsDashed = false) : PictureShape;

    /// <summary>A text of one line.</summary>
    /// <param name="X">Where it begins.</param>
    /// <param name="Y">Its base line.</param>
    /// <param name="Value">The text.</param>
    /// <param name="Size">The size of the font.</param>
    /// <param name="Ink">Its colour.</param>
    /// <param name="IsBold">Whether it is bold.</param>
    /// <param name="Aside">What follows it in faint, wherever it ends in the font that there is.</param>
    internal sealed record Text(
        double X, double Y, string Value, double Size, Ink Ink, bool IsBold = false, string Aside = "")
        : PictureShape
    {
        /// <summary>The size of what follows in faint, and the blank before it.</summary>
        public static (double Size, double Gap) OfAside => (11.5, 7);
    }

    /// <summary>Wires with arrows where they end at boxes.</summary>
    /// <param name="Pieces">The pieces.</param>
    internal sealed record Lines(IReadOnlyList<WirePiece> Pieces) : PictureShape
    {
        /// <summary>The length and half the width of an arrow.</summary>
        public static (double Length, double Half) Arrow => (7, 3.5);
    }
}
