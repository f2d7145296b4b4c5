"""Paths under `/api/auth/`."""

from django.urls import path

from backend.django_api.accounts import apis

urlpatterns = [
    path("token/", apis.TokenApi.as_view()),
    path("token/refresh/", apis.RefreshApi.as_view()),
    path("me/", apis.MeApi.as_view()),
    path("update-profile/", apis.UpdateProfileApi.as_view()),
    path("register/", apis.RegisterApi.as_view()),
    path("register-doctor/", apis.RegisterDoctorApi.as_view()),
    path("users/", apis.UserListApi.as_view()),
    path("change-role/", apis.ChangeRoleApi.as_view()),
    path("register-bulk/", apis.RegisterBulkApi.as_view()),
    path("bulk-approve/", apis.BulkApproveApi.as_view()),
]
