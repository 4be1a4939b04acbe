using Code = Cnn.Proto.PriorBoxParameter.Types.CodeType;

namespace Cnn.Campaigns.References.Detection;

/// <summary>Boxes as SSD's codes, relative to a prior box and with a variance for each number.</summary>
internal static class PriorCode
{
    /// <summary>Returns the box that a code describes.</summary>
    public static Box Decode(Code code, Box prior, double[] variance, double[] l)
    {
        double w = prior.X2 - prior.X1, h = prior.Y2 - prior.Y1;
        double[] v = variance;
        switch (code)
        {
            case Code.CenterSize:
                return Box.Around(
                    (v[0] * l[0] * w) + ((prior.X1 + prior.X2) / 2),
                    (v[1] * l[1] * h) + ((prior.Y1 + prior.Y2) / 2),
                    Math.Exp(v[2] * l[2]) * w,
                    Math.Exp(v[3] * l[3]) * h);
            case Code.CornerSize:
                return new Box(
                    prior.X1 + (v[0] * l[0] * w), prior.Y1 + (v[1] * l[1] * h),
                    prior.X2 + (v[2] * l[2] * w), prior.Y2 + (v[3] * l[3] * h));
            default:
                return new Box(
                    prior.X1 + (v[0] * l[0]), prior.Y1 + (v[1] * l[1]),
                    prior.X2 + (v[2] * l[2]), prior.Y2 + (v[3] * l[3]));
        }
    }

    /// <summary>Returns the code of a box.</summary>
    public static double[] Encode(Code code, Box prior, double[] variance, Box box)
    {
        double w = prior.X2 - prior.X1, h = prior.Y2 - prior.Y1;
        double[] v = variance;
        if (code == Code.CenterSize)
        {
            return
            [
                (box.X1 + box.X2 - prior.X1 - prior.X2) / 2 / w / v[0],
                (box.Y1 + box.Y2 - prior.Y1 - prior.Y2) / 2 / h / v[1],
                Math.Log((box.X2 - box.X1) / w) / v[2],
                Math.Log((box.Y2 - box.Y1) / h) / v[3],
            ];
        }

        (w, h) = code == Code.CornerSize ? (w, h) : (1, 1);
        return
        [
            (box.X1 - prior.X1) / w / v[0], (box.Y1 - prior.Y1) / h / v[1],
            (box.X2 - prior.X2) / w / v[2], (box.Y2 - prior.Y2) / h / v[3],
        ];
    }
}
