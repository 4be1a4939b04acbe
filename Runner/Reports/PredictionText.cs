using System.Text;
using Cnn.Engine.Classification;

namespace Cnn.Runner.Reports;

/// <summary>Writes what a net sees in an image as Caffe's C++ example of classification does.</summary>
internal static class PredictionText
{
    /// <summary>
    /// Returns <c>---------- Prediction for cat.jpg ----------</c> and lines such as <c>0.3134 - "tabby"</c>.
    /// </summary>
    /// <param name="scores">What the classifier says.</param>
    /// <param name="labels">The names of the classes; null for their numbers.</param>
    /// <param name="top">The most lines.</param>
    public static string Describe(ImageScores scores, ClassLabels? labels, int top)
    {
        var text = new StringBuilder($"---------- Prediction for {scores.Name} ----------\n");
        foreach (ClassScore score in scores.Top(top))
        {
            text.Append($"{score.Probability:0.0000} - \"{labels?[score.Label] ?? score.Label.ToString()}\"\n");
        }

        return text.ToString();
    }
}
