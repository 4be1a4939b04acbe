namespace Cnn.Proto;

/// <summary>
/// Old data layers hold scale, mean file, crop and mirror among their own parameters; they move to transform_param. Only
/// for V1 layers: in the current format those fields are ignored.
/// </summary>
internal static class DataTransformUpgrade
{
    public static void Run(NetParameter net)
    {
        foreach (V1LayerParameter layer in net.Layers)
        {
            switch (layer.Type)
            {
                case V1LayerParameter.Types.LayerType.Data when layer.DataParam is { } data:
                    Move(layer, data.HasScale, data.Scale, data.HasMeanFile, data.MeanFile, data.HasCropSize, data.CropSize, data.HasMirror, data.Mirror);
                    data.ClearScale();
                    data.ClearMeanFile();
                    data.ClearCropSize();
                    data.ClearMirror();
                    break;
                case V1LayerParameter.Types.LayerType.ImageData when layer.ImageDataParam is { } data:
                    Move(layer, data.HasScale, data.Scale, data.HasMeanFile, data.MeanFile, data.HasCropSize, data.CropSize, data.HasMirror, data.Mirror);
                    data.ClearScale();
                    data.ClearMeanFile();
                    data.ClearCropSize();
                    data.ClearMirror();
                    break;
                case V1LayerParameter.Types.LayerType.WindowData when layer.WindowDataParam is { } data:
                    Move(layer, data.HasScale, data.Scale, data.HasMeanFile, data.MeanFile, data.HasCropSize, data.CropSize, data.HasMirror, data.Mirror);
                    data.ClearScale();
                    data.ClearMeanFile();
                    data.ClearCropSize();
                    data.ClearMirror();
                    break;
            }
        }
    }

    private static void Move(
        V1LayerParameter layer,
        bool hasScale,
        float scale,
        bool hasMeanFile,
        string meanFile,
        bool hasCropSize,
        uint cropSize,
        bool hasMirror,
        bool mirror)
    {
        if (!hasScale && !hasMeanFile && !hasCropSize && !hasMirror)
        {
            return;
        }

        TransformationParameter transform = layer.TransformParam ??= new TransformationParameter();
        if (hasScale)
        {
            transform.Scale = scale;
        }

        if (hasMeanFile)
        {
            transform.MeanFile = meanFile;
        }

        if (hasCropSize)
        {
            transform.CropSize = cropSize;
        }

        if (hasMirror)
        {
            transform.Mirror = mirror;
        }
    }
}
