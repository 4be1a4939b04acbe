namespace Cnn.Engine.Detection;

/// <summary>How well the objects of one class were found in a test.</summary>
/// <param name="Blob">The output with the rows of a DetectionEvaluate layer.</param>
/// <param name="Label">The class.</param>
/// <param name="Objects">Objects of the class in all batches.</param>
/// <param name="AveragePrecision">The area below the curve of precision against recall, 0 to 1.</param>
public sealed record ClassPrecision(string Blob, int Label, int Objects, double AveragePrecision);
