using Cnn.Proto;

namespace Cnn.Layers.Data.Boxes;

/// <summary>What becomes of an image's objects when a window of the image takes its place.</summary>
/// <param name="constraint">
/// <c>emit_constraint</c>: an object stays if its centre lies in the window, the borders included, or if enough of it
/// does; null for all that the window touches.
/// </param>
internal sealed class BoxWindow(EmitConstraint? constraint)
{
    /// <summary>Moves objects into a window, in their order; those outside vanish.</summary>
    /// <param name="boxes">The objects, as shares of the image; receives them as shares of the window.</param>
    /// <param name="window">The window, which may reach beyond the image.</param>
    public void Project(List<LabelledBox> boxes, Box window)
    {
        int kept = 0;
        for (int i = 0; i < boxes.Count; i++)
        {
            LabelledBox box = boxes[i];
            if (Emits(box.Box, window) && box.Box.TryProject(window, out Box projected))
            {
                boxes[kept++] = box with { Box = projected };
            }
        }

        boxes.RemoveRange(kept, boxes.Count - kept);
    }

    /// <summary>Flips objects left to right.</summary>
    public static void Mirror(List<LabelledBox> boxes)
    {
        for (int i = 0; i < boxes.Count; i++)
        {
            boxes[i] = boxes[i] with { Box = boxes[i].Box.Mirror() };
        }
    }

    private bool Emits(Box box, Box window)
    {
        if (constraint is null)
        {
            return true;
        }

        if (constraint.EmitType == EmitConstraint.Types.EmitType.MinOverlap)
        {
            return box.CoverageBy(window) > constraint.EmitOverlap;
        }

        float x = (box.XMin + box.XMax) / 2, y = (box.YMin + box.YMax) / 2;
        return x >= window.XMin && x <= window.XMax && y >= window.YMin && y <= window.YMax;
    }
}
