namespace Cnn.Layers.Detection;

/// <summary>What a loss of YOLO's wants of the boxes of an image.</summary>
internal unsafe interface IYoloRule
{
    /// <summary>Boxes of a cell.</summary>
    int Boxes { get; }

    /// <summary>The number of classes.</summary>
    int Classes { get; }

    /// <summary>Writes the gradients of a box that may be no object's.</summary>
    /// <param name="image">The image's map.</param>
    /// <param name="cell">The cell.</param>
    /// <param name="box">The box of the cell.</param>
    /// <param name="truths">The objects of the image.</param>
    /// <param name="delta">The gradients of the image; 0 before.</param>
    void WriteBackground(in YoloMap image, int cell, int box, ReadOnlySpan<YoloObject> truths, float* delta);

    /// <summary>Writes the gradients of the boxes that an object is matched with.</summary>
    void WriteObject(in YoloMap image, in YoloObject truth, float* delta);
}
