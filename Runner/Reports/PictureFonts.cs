using System.Text;
using SkiaSharp;

namespace Cnn.Runner.Reports;

/// <summary>The fonts that a picture's texts are drawn with: a sans-serif of those that the machine has.</summary>
internal sealed class PictureFonts : IDisposable
{
    private static readonly string[] Families =
    [
        "Segoe UI", "Helvetica Neue", "Helvetica", "Arial", "Liberation Sans", "Noto Sans", "Roboto", "DejaVu Sans",
    ];

    private readonly SKFontStyle style;
    private readonly List<SKTypeface> others = [];
    private readonly SKTypeface typeface;

    /// <summary>Chooses the font.</summary>
    public PictureFonts(bool isBold)
    {
        style = isBold ? SKFontStyle.Bold : SKFontStyle.Normal;
        typeface = Families.Select(Find).FirstOrDefault(f => f is not null) ?? SKTypeface.FromFamilyName(null, style);
    }

    /// <summary>The name of the usual font.</summary>
    public string Family => typeface.FamilyName;

    /// <summary>Returns the font for a text, another than the usual one where that lacks its letters.</summary>
    public SKFont For(string text, float size)
    {
        var font = new SKFont(typeface, size) { Subpixel = true };
        if (font.ContainsGlyphs(text))
        {
            return font;
        }

        Rune missing = text.EnumerateRunes().FirstOrDefault(r => font.GetGlyph(r.Value) == 0);
        if (SKFontManager.Default.MatchCharacter(null, style, null, missing.Value) is { } other)
        {
            others.Add(other);
            font.Typeface = other;
        }

        return font;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        typeface.Dispose();
        others.ForEach(o => o.Dispose());
    }

    // The system answers with another family where it lacks one.
    private SKTypeface? Find(string family)
    {
        SKTypeface? found = SKFontManager.Default.MatchFamily(family, style);
        if (found?.FamilyName == family)
        {
            return found;
        }

        found?.Dispose();
        return null;
    }
}
