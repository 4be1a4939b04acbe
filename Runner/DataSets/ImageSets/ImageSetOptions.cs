namespace Cnn.Runner.DataSets.ImageSets;

/// <summary>How images become records; the names are those of Caffe's <c>convert_imageset</c>.</summary>
public sealed record ImageSetOptions
{
    /// <summary>Whether images become grey instead of blue, green, red.</summary>
    public bool Gray { get; init; }

    /// <summary>The rows to resize to; 0, or 0 columns, for the size that each image has.</summary>
    public int ResizeHeight { get; init; }

    /// <summary>The columns to resize to; see <see cref="ResizeHeight"/>.</summary>
    public int ResizeWidth { get; init; }

    /// <summary>Whether images of different sizes are an error.</summary>
    public bool CheckSize { get; init; }

    /// <summary>
    /// Whether records hold image files instead of pixels: the file itself where it is not resized and has the channels
    /// and the type that are asked for.
    /// </summary>
    public bool Encoded { get; init; }

    /// <summary>The type of the image files, such as jpg; empty for the type that each image's name ends in.</summary>
    public string EncodeType { get; init; } = "";

    /// <summary>The number of threads; 0 for one per core. It does not change the database.</summary>
    public int Threads { get; init; }

    /// <summary>Whether images are resized.</summary>
    internal bool Resizes => ResizeHeight > 0 && ResizeWidth > 0;

    /// <summary>Whether records hold image files; a type alone asks for it too.</summary>
    internal bool WritesFiles => Encoded || EncodeType.Length > 0;
}
