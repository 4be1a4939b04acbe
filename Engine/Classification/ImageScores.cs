using Cnn.Proto;

namespace Cnn.Engine.Classification;

/// <summary>What a classifier says of an image.</summary>
/// <param name="Name">The image's name.</param>
/// <param name="Probabilities">The net's output, a value for each class; empty where the image is faulty.</param>
/// <param name="Error">Why the image could not be classified; null where it was.</param>
public sealed record ImageScores(string Name, IReadOnlyList<float> Probabilities, CnnException? Error)
{
    /// <summary>Returns the classes with the greatest values, greatest first, equal ones by their number.</summary>
    /// <param name="count">How many; all where there are fewer.</param>
    public IReadOnlyList<ClassScore> Top(int count) =>
    [
        .. Probabilities.Select((probability, label) => new ClassScore(label, probability))
            .OrderByDescending(score => score.Probability)
            .Take(count),
    ];
}
