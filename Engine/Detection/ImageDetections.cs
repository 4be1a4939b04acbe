using Cnn.Engine.Classification;
using Cnn.Proto;

namespace Cnn.Engine.Detection;

/// <summary>The objects that a net found in one image.</summary>
/// <param name="Image">The image.</param>
/// <param name="Width">Its columns; 0 where it is faulty.</param>
/// <param name="Height">Its rows.</param>
/// <param name="Detections">The objects, those of the best score first; empty where the image is faulty.</param>
/// <param name="Error">Why the image could not be read; null where it could.</param>
public sealed record ImageDetections(
    ImageInput Image, int Width, int Height, IReadOnlyList<Detection> Detections, CnnException? Error);
