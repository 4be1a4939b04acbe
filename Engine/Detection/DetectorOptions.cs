using Cnn.Engine.Classification;

namespace Cnn.Engine.Detection;

/// <summary>How an image becomes the input of a detector, and which of its detections count.</summary>
public sealed record DetectorOptions
{
    /// <summary>The mean that is taken off the pixels, which are 0 to 255; null for none.</summary>
    public InputMean? Mean { get; init; }

    /// <summary>The factor of the pixels after that; 0.007843 for MobileNet-SSD, 1 for most others.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>The least score of a detection.</summary>
    public float Threshold { get; init; } = 0.5f;
}
