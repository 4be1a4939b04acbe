using System.Globalization;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Detection;

/// <summary>
/// How regions are made of a region proposal network's output. PVANet's rules are known by ratio and scale: the scores
/// of small regions become 0, and height and width have scales of their own. Synopsys' and py-faster-rcnn's leave small
/// regions out; the latter rounds halves to even sides, and drops an overlap that is the threshold.
/// </summary>
internal sealed record RegionRules(int Stride, IReadOnlyList<Box> Anchors)
{
    private const string PythonType = "Python";

    /// <summary>The least side of a region, before the image was scaled.</summary>
    public required double LeastSide { get; init; }

    /// <summary>How many of the best regions are looked at.</summary>
    public required int Candidates { get; init; }

    /// <summary>How many regions come out at most.</summary>
    public required int Most { get; init; }

    /// <summary>The largest overlap of two regions.</summary>
    public required double Overlap { get; init; }

    /// <summary>Whether regions with that very overlap are dropped.</summary>
    public bool DropsEqual { get; init; }

    /// <summary>Whether the rules are PVANet's.</summary>
    public bool IsPVANets { get; init; }

    /// <summary>What the shifts are multiplied by.</summary>
    public IReadOnlyList<double> Deviations { get; init; } = [1, 1, 1, 1];

    /// <summary>What is added to them then.</summary>
    public IReadOnlyList<double> Means { get; init; } = [0, 0, 0, 0];

    /// <summary>Returns the rules of a layer.</summary>
    public static RegionRules Of(LayerParameter layer, bool isTraining)
    {
        ProposalParameter options = layer.ProposalParam;
        return layer.Type == PythonType ? Pythons(layer.PythonParam.ParamStr, isTraining)
            : options.Ratio.Count > 0 ? PVANets(options)
            : Synopsys(options);
    }

    /// <summary>Returns whether a region may stay beside another.</summary>
    public bool Allows(Box box, Box other)
    {
        double overlap = box.PixelOverlap(other);
        return DropsEqual ? Rounding.IsAbove(Overlap, overlap) : Rounding.IsAtLeast(Overlap, overlap);
    }

    private static RegionRules PVANets(ProposalParameter options) =>
        new((int)options.FeatStride, Make((int)options.BaseSize, [.. options.Ratio], [.. options.Scale], HalfUp))
        {
            IsPVANets = true,
            LeastSide = options.MinSize,
            Candidates = (int)options.PreNmsTopn,
            Most = (int)options.PostNmsTopn,
            Overlap = options.NmsThresh,
        };

    private static RegionRules Synopsys(ProposalParameter options)
    {
        double[] ratios = options.AnchorRatio == 3 ? [0.5, 1, 2] : [1];
        double[] scales = options.AnchorScale == 3 ? [8, 16, 32] : [32];
        return new((int)options.FeatStride, Make(options.AnchorBaseSize, ratios, scales, HalfUp))
        {
            LeastSide = options.RpnMinSize,
            Candidates = (int)options.PreNmsTopn,
            Most = options.MaxRois,
            Overlap = options.RpnNmsThresh,
        };
    }

    // Lines of 'key': number or [numbers].
    private static RegionRules Pythons(string text, bool isTraining)
    {
        Dictionary<string, string> values = text.Split('\n').Select(line => line.Split(": "))
            .ToDictionary(pair => pair[0].Trim('\''), pair => pair[1], StringComparer.Ordinal);
        double[] Numbers(string key, params double[] unset) => values.TryGetValue(key, out string? value)
            ? [.. value.Trim('[', ']').Split(", ").Select(v => double.Parse(v, CultureInfo.InvariantCulture))]
            : unset;
        bool isNormal = values.GetValueOrDefault("rpn_normalize_targets") == "true";
        double[] ratios = Numbers("ratios", 0.5, 1, 2), scales = Numbers("scales", 8, 16, 32);
        return new((int)Numbers("feat_stride")[0], Make(16, ratios, scales, Math.Round))
        {
            LeastSide = Numbers("rpn_min_size", 16)[0],
            Candidates = (int)Numbers("rpn_pre_nms_top_n", isTraining ? 12000 : 6000)[0],
            Most = (int)Numbers("rpn_post_nms_top_n", isTraining ? 2000 : 300)[0],
            Overlap = Numbers("rpn_nms_thresh", 0.7)[0],
            DropsEqual = true,
            Deviations = isNormal ? Numbers("rpn_normalize_stds", 0.1, 0.1, 0.2, 0.2) : [1, 1, 1, 1],
            Means = isNormal ? Numbers("rpn_normalize_means", 0, 0, 0, 0) : [0, 0, 0, 0],
        };
    }

    private static double HalfUp(double value) => Math.Floor(value + 0.5);

    // Around the centre of the base box, whose pixels are 0 to its side - 1; scales of a ratio in a row.
    private static Box[] Make(int side, double[] ratios, double[] scales, Func<double, double> round) =>
    [
        .. from ratio in ratios
           let width = round(Math.Sqrt(side * side / ratio))
           let height = round(width * ratio)
           from scale in scales
           select Box.Around((side - 1) / 2.0, (side - 1) / 2.0, (width * scale) - 1, (height * scale) - 1),
    ];
}
