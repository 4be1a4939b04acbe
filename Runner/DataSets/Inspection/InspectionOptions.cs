namespace Cnn.Runner.DataSets.Inspection;

/// <summary>How a source is looked at.</summary>
public sealed record InspectionOptions
{
    /// <summary>
    /// The idx file of labels of an idx file of images; null for the one beside it whose name says so, if there is one.
    /// </summary>
    public string? Labels { get; init; }

    /// <summary>What is put in front of the paths of a list, as it is.</summary>
    public string Root { get; init; } = "";

    /// <summary>The PNG file to write with small copies of the first images; null for none.</summary>
    public string? Sheet { get; init; }

    /// <summary>The number of images on that, at least 1.</summary>
    public int SheetImages { get; init; } = 100;

    /// <summary>The number of threads; 0 for one per core.</summary>
    public int Threads { get; init; }
}
