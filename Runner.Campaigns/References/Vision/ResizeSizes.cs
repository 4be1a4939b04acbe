namespace Cnn.Campaigns.References.Vision;

/// <summary>The options of Synopsys's resizing along one axis.</summary>
/// <param name="From">The pixels of the bottom.</param>
/// <param name="To">The pixels of the top.</param>
/// <param name="IsAligned">Whether the corners keep their places.</param>
/// <param name="IsHalf">Whether pixels have their centres in the middle.</param>
internal readonly record struct ResizeSizes(int From, int To, bool IsAligned, bool IsHalf)
{
    /// <summary>The step in the bottom for each pixel of the top, in single precision as in the fork.</summary>
    public float Step => IsAligned && To > 1 ? (From - 1) / (float)(To - 1) : From / (float)To;

    /// <summary>Returns the size of the top: the one that is given, or that of a scale.</summary>
    public static int SizeOf(int from, bool isGiven, int given, float scale) => isGiven ? given : (int)MathF.Floor(from * scale);

    /// <summary>Returns the pixel of the bottom that is nearest to a pixel of the top.</summary>
    public int Nearest(int i)
    {
        float place = IsHalf ? (i + 0.5f) * Step : i * Step;
        return Math.Min((int)(IsAligned ? MathF.Round(place, MidpointRounding.AwayFromZero) : MathF.Floor(place)), From - 1);
    }

    /// <summary>Returns the pixels of the bottom around a pixel of the top, and the share of the upper one.</summary>
    public (int Lower, int Upper, double Share) Around(int i)
    {
        double place = IsHalf ? ((i + 0.5) * Step) - 0.5 : i * (double)Step;
        int lower = (int)Math.Max(Math.Floor(place), 0), upper = (int)Math.Min(Math.Ceiling(place), From - 1);
        return (Math.Min(lower, From - 1), upper, Math.Max(0, place - Math.Floor(place)));
    }
}
