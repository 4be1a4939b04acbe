namespace Cnn.Layers.Detection;

/// <summary>How a <see cref="RegionProposalLayer"/> chooses regions.</summary>
internal sealed record ProposalRules
{
    /// <summary>Pixels of the image from one anchor to the next.</summary>
    public required int Stride { get; init; }

    /// <summary>The anchors, [A, 4]; see <see cref="RegionAnchors"/>.</summary>
    public required float[] Anchors { get; init; }

    /// <summary>The least side of a region, in pixels of the image before it was scaled.</summary>
    public required float MinSize { get; init; }

    /// <summary>How many of the best regions are looked at.</summary>
    public required int Candidates { get; init; }

    /// <summary>How many regions come out at most.</summary>
    public required int Regions { get; init; }

    /// <summary>The overlap that is too much for two regions.</summary>
    public required float Threshold { get; init; }

    /// <summary>Whether an overlap equal to the threshold is too much.</summary>
    public required bool DropsEqual { get; init; }

    /// <summary>Whether too small regions are left out; otherwise their scores become 0.</summary>
    public required bool LeavesOutSmall { get; init; }

    /// <summary>Whether the second top is [R, 1] rather than [R].</summary>
    public required bool ScoresAreRows { get; init; }

    /// <summary>Values of the third bottom: height, width and one scale, or one for each of them.</summary>
    public required int ImageValues { get; init; }

    /// <summary>How the shifts are normalized.</summary>
    public BoxNorm Norm { get; init; } = BoxNorm.None;
}
