namespace Cnn.Runner.DataSets.Boxes;

/// <summary>How images with boxes become records.</summary>
public sealed record BoxSetOptions
{
    /// <summary>The rows to resize to; 0 for the size that each image has.</summary>
    public int ResizeHeight { get; init; }

    /// <summary>The columns to resize to; 0 for the size that each image has.</summary>
    public int ResizeWidth { get; init; }

    /// <summary>Whether records hold image files, unchanged where they are not resized, instead of pixels.</summary>
    public bool Encoded { get; init; } = true;

    /// <summary>The number of threads; 0 for one per core. It does not change the database.</summary>
    public int Threads { get; init; }
}
