namespace Cnn.Runner.DataSets;

/// <summary>How a record holds its image.</summary>
public enum RecordKind
{
    /// <summary>As bytes, [C, H, W].</summary>
    Raw,

    /// <summary>As floats, [C, H, W].</summary>
    Float,

    /// <summary>As an image file, such as a JPEG.</summary>
    Encoded,
}
