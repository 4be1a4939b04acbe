using System.Globalization;
using System.Text;
using Cnn.Engine.Classification;
using Cnn.Engine.Detection;

namespace Cnn.Runner.Reports;

/// <summary>The objects in an image as text: a heading and a line for each.</summary>
internal static class DetectionText
{
    /// <summary>Describes the objects in an image, such as <c>0.9813  12,40 - 118,220  cat</c>.</summary>
    /// <param name="image">The image, without an error.</param>
    /// <param name="labels">The names of the classes; null for none.</param>
    public static string Describe(ImageDetections image, ClassLabels? labels)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"---------- Objects in {image.Image.Name} ----------\n");
        foreach (Detection found in image.Detections)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{found.Score:0.0000}  {found.XMin:0},{found.YMin:0} - {found.XMax:0},{found.YMax:0}  "
                + $"{NameOf(found, labels) ?? $"class {found.Label}"}\n");
        }

        return text.ToString();
    }

    /// <summary>Returns the name of an object's class; null where none is known.</summary>
    public static string? NameOf(in Detection detection, ClassLabels? labels) =>
        labels is not null && detection.Label < labels.Count ? labels[detection.Label] : null;
}
