namespace Cnn.Runner.DataSets.Boxes;

/// <summary>An object in an image, as its annotation has it.</summary>
/// <param name="Label">Its class.</param>
/// <param name="XMin">The first column of the box around it, in pixels.</param>
/// <param name="YMin">The first row.</param>
/// <param name="XMax">The last column, or the end of the box.</param>
/// <param name="YMax">The last row, or the end of the box.</param>
/// <param name="IsDifficult">Whether it is hard to recognise; COCO's crowds are.</param>
public readonly record struct BoxedObject(
    int Label, float XMin, float YMin, float XMax, float YMax, bool IsDifficult);
